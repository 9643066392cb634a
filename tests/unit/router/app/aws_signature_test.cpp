// Against the values that AWS publishes with its description of the algorithm, and with its test suite.
#include "router/app/aws_signature.hpp"

#include <gtest/gtest.h>

#include "router/base/units.hpp"

namespace signet::app {
namespace {

AwsCredentials credentials(std::string_view id, std::string_view secret, std::string_view token = {}) {
  return {.access_key_id = std::string(id),
          .secret_access_key = crypto::SecretBytes(as_bytes(secret)),
          .session_token = std::string(token)};
}

AwsRequest request(std::string_view url, std::string_view service) {
  return {.method = http::Method::get,
          .url = *http::parse_url(url),
          .fields = {},
          .region = "us-east-1",
          .service = std::string(service)};
}

// Spec: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Object"
TEST(AwsSignature, GetObjectAsPublished) {
  AwsRequest get = request("https://examplebucket.s3.amazonaws.com/test.txt", "s3");
  get.fields.add("Range", "bytes=0-9");
  get.fields.add("X-Amz-Content-Sha256", crypto::sha256_hex(""));
  const http::Headers fields =
      sign_aws_request(get, credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                       *parse_timestamp("2013-05-24T00:00:00Z"));
  EXPECT_EQ(fields.get("authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(fields.get("x-amz-date"), "20130524T000000Z");
  EXPECT_EQ(fields.get("range"), "bytes=0-9");
}

// Spec: AWS's test suite of Signature Version 4, get-vanilla
TEST(AwsSignature, GetVanillaAsPublished) {
  const http::Headers fields = sign_aws_request(request("https://example.amazonaws.com/", "service"),
                                                credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                                                *parse_timestamp("2015-08-30T12:36:00Z"));
  EXPECT_EQ(fields.get("authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST(AwsSignature, SessionTokensAreSentAndSigned) {
  const http::Headers fields =
      sign_aws_request(request("http://127.0.0.1:9000/b/k", "s3"), credentials("id", "secret", "token"),
                       *parse_timestamp("2026-11-25T10:00:00Z"));
  EXPECT_EQ(fields.get("x-amz-security-token"), "token");
  EXPECT_NE(fields.get("authorization").find("SignedHeaders=host;x-amz-date;x-amz-security-token,"),
            std::string_view::npos);
}

TEST(AwsSignature, EveryPartOfTheRequestCounts) {
  const WallTime now = *parse_timestamp("2026-11-25T10:00:00Z");
  const AwsCredentials key = credentials("id", "secret");
  const auto signature = [&](const AwsRequest& of, WallTime at) {
    return std::string(sign_aws_request(of, key, at).get("authorization"));
  };
  const std::string base = signature(request("http://h.test/b/k", "s3"), now);
  EXPECT_EQ(signature(request("http://h.test/b/k", "s3"), now), base);
  EXPECT_NE(signature(request("http://h.test:81/b/k", "s3"), now), base);
  EXPECT_NE(signature(request("http://h.test/b/l", "s3"), now), base);
  EXPECT_NE(signature(request("http://h.test/b/k", "s4"), now), base);
  EXPECT_NE(signature(request("http://h.test/b/k", "s3"), now + std::chrono::seconds(1)), base);
}

TEST(AwsCredentialsFile, TakesTheDefaultProfile) {
  const auto read = parse_aws_credentials(
      "# made by rotation\r\n"
      "[other]\naws_access_key_id = no\naws_secret_access_key = no\n"
      "[default]\naws_access_key_id = AKIA1\r\naws_secret_access_key=a/b+c=\n\n"
      "; settings of other tools\nregion = eu-central-1\naws_session_token = t==\n"
      "[third]\naws_session_token = no\n");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->access_key_id, "AKIA1");
  EXPECT_EQ(as_text(read->secret_access_key.view()), "a/b+c=");
  EXPECT_EQ(read->session_token, "t==");
}

TEST(AwsCredentialsFile, SaysWhatIsWrongWithoutValues) {
  const auto error = [](std::string_view text) {
    const auto read = parse_aws_credentials(text);
    return read ? std::string("good") : read.error();
  };
  EXPECT_EQ(error(""), "there is no profile [default]");
  EXPECT_EQ(error("[prod]\naws_access_key_id = a\n"), "there is no profile [default]");
  EXPECT_EQ(error("[default]\naws_access_key_id = a\n"), "the profile [default] has no aws_secret_access_key");
  EXPECT_EQ(error("[default]\nhunter2\n"), "line 2 is neither a [profile] nor NAME = VALUE");
  EXPECT_EQ(error("[default]\naws_access_key_id = hunter 2\n"),
            "line 2 has no usable aws_access_key_id: printable ASCII without spaces is expected");
  EXPECT_EQ(error("[default]\naws_secret_access_key =\n"),
            "line 2 has no usable aws_secret_access_key: printable ASCII without spaces is expected");
  EXPECT_EQ(error("[default]\naws_access_key_id = a\naws_access_key_id = b\n"),
            "line 3 has aws_access_key_id for the second time");
  EXPECT_EQ(error("[default]\n[default]\n"), "line 2 begins [default] for the second time");
}

}  // namespace
}  // namespace signet::app
