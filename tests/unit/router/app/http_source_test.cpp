// What sources over HTTP ask for, and what becomes of answers and of files that change meanwhile.
#include <filesystem>
#include <gtest/gtest.h>

#include "router/app/artifact_source.hpp"
#include "router/app/files.hpp"
#include "router/base/limits.hpp"
#include "router/base/units.hpp"
#include "tests/support/fake_transport.hpp"
#include "tests/support/manual_clock.hpp"

namespace signet::app {
namespace {

using signing::Reason;

constexpr std::string_view kSkewed =
    "<?xml version=\"1.0\"?><Error><Code>RequestTimeTooSkewed</Code><Message>…</Message></Error>";

class HttpSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "signet-http-source";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    file = folder + "/credentials";
    ASSERT_TRUE(replace_file(file, "[default]\naws_access_key_id = KEY1\naws_secret_access_key = hunter2\n"));
  }

  SourceSite site() { return {"graph.source", signing::SourceKind::s3, transport, clock}; }
  std::unique_ptr<ArtifactSource> cdn(const std::string& token = {}) {
    config::CdnSource settings;
    settings.url = "https://cdn.test/shop/";
    settings.token = token;
    return *make_cdn_source(settings, site());
  }
  std::unique_ptr<ArtifactSource> s3(const std::string& prefix = "production/shop") {
    config::S3Source settings{.endpoint = "https://s3.test",
                              .bucket = "graphs",
                              .prefix = prefix,
                              .region = "eu-central-1",
                              .credentials_file = file,
                              .ca_file = {}};
    return *make_s3_source(settings, site());
  }

  void ask(ArtifactSource& source) {
    source.fetch_statement([this](Fetched got) { fetched = std::move(got); });
  }
  signing::Refusal answered(ArtifactSource& source, int status, std::string_view body = {},
                            const http::Headers& headers = {}) {
    ask(source);
    transport.answer(status, body, headers);
    if (fetched) ADD_FAILURE() << "not refused";
    return fetched ? signing::Refusal{} : fetched.error();
  }

  testing_support::ManualClock clock{*parse_timestamp("2026-11-25T10:00:00Z")};
  testing_support::FakeTransport transport;
  std::string folder, file;
  Fetched fetched;
};

TEST_F(HttpSourceTest, CdnAsksBelowItsUrlWithItsToken) {
  const auto source = cdn("abc");
  ask(*source);
  const http::Request statement = transport.answer(200, "signed");
  EXPECT_EQ(*fetched, "signed");
  EXPECT_EQ(statement.to->url.text(), "https://cdn.test/shop/statement.jws");
  EXPECT_EQ(statement.to->headers.get("authorization"), "Bearer abc");
  EXPECT_EQ(statement.to->response_bytes_max, limits::kStatementBytesMax);
  EXPECT_EQ(statement.to->decoded_bytes_max, limits::kStatementBytesMax);
  source->fetch_artifact("00ff", [](const Fetched&) {});
  const http::Request artifact = transport.answer(200, "graph");
  EXPECT_EQ(artifact.to->url.text(), "https://cdn.test/shop/artifacts/00ff");
  EXPECT_EQ(artifact.to->response_bytes_max, limits::kArtifactWireBytesMax);
  EXPECT_EQ(artifact.to->decoded_bytes_max, limits::kArtifactBytesMax);
}

TEST_F(HttpSourceTest, S3AsksPathStyleAndSigns) {
  const auto source = s3();
  ask(*source);
  const http::Request statement = transport.answer(200, "signed");
  EXPECT_EQ(statement.to->url.text(), "https://s3.test/graphs/production/shop/statement.jws");
  EXPECT_TRUE(statement.to->headers.get("authorization")
                  .starts_with("AWS4-HMAC-SHA256 Credential=KEY1/20261125/eu-central-1/s3/aws4_request, "
                               "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="));
  const auto without_prefix = s3("");
  without_prefix->fetch_artifact("00ff", [](const Fetched&) {});
  EXPECT_EQ(transport.answer(200, "x").to->url.text(), "https://s3.test/graphs/artifacts/00ff");
}

TEST_F(HttpSourceTest, CredentialsAreReadForEveryRequestAndOldOnesOutliveABadFile) {
  const auto source = s3();
  const auto key_id = [&] {
    ask(*source);
    const std::string field(transport.answer(403).to->headers.get("authorization"));
    return field.substr(28, field.find('/') - 28);
  };
  EXPECT_EQ(key_id(), "KEY1");
  ASSERT_TRUE(replace_file(file, "[default]\naws_access_key_id = KEY2\naws_secret_access_key = hunter3\n"));
  EXPECT_EQ(key_id(), "KEY2");
  ASSERT_TRUE(replace_file(file, "[default]\naws_access_key_id = KEY3\nhunter4\n"));
  EXPECT_EQ(key_id(), "KEY2");
  EXPECT_NE(fetched.error().detail.find("graph.source.s3.credentials_file: " + file + ": line 3"), std::string::npos);
  EXPECT_EQ(fetched.error().detail.find("hunter"), std::string::npos);
}

TEST_F(HttpSourceTest, FilesThatCannotBeUsedAreErrorsAtTheStart) {
  config::S3Source settings{.endpoint = "https://s3.test",
                            .bucket = "graphs",
                            .prefix = {},
                            .credentials_file = file,
                            .ca_file = folder + "/none.pem"};
  EXPECT_TRUE(make_s3_source(settings, site()).error().starts_with("graph.source.s3.tls: "));
  settings.ca_file.clear();
  settings.credentials_file = folder + "/none";
  EXPECT_TRUE(make_s3_source(settings, site()).error().starts_with("graph.source.s3.credentials_file: "));
  config::CdnSource cdn_settings;
  cdn_settings.url = "https://cdn.test";
  cdn_settings.ca_file = file;  // holds no certificate
  EXPECT_TRUE(make_cdn_source(cdn_settings, site()).error().starts_with("graph.source.cdn.tls: " + file));
}

TEST_F(HttpSourceTest, SkewedClocksAreToldWithBothTimes) {
  const auto source = s3();
  http::Headers headers;
  headers.add("Date", "Wed, 25 Nov 2026 11:00:00 GMT");
  const signing::Refusal refusal = answered(*source, 403, kSkewed, headers);
  EXPECT_EQ(refusal.reason, Reason::fetch_clock);
  EXPECT_EQ(refusal.detail,
            "https://s3.test/graphs/production/shop/statement.jws: the router's clock says 2026-11-25T10:00:00Z, the "
            "store's Wed, 25 Nov 2026 11:00:00 GMT");
}

TEST_F(HttpSourceTest, ErrorsOfTheStoreAreNamedWithWhatToDo) {
  const auto source = s3();
  const auto refusal = answered(*source, 404, "<Error><Code>NoSuchKey</Code></Error>");
  EXPECT_EQ(refusal.reason, Reason::fetch_status);
  EXPECT_TRUE(refusal.detail.ends_with("status 404 NoSuchKey: nothing is published there; check the prefix"));
  EXPECT_TRUE(answered(*source, 403, "<Code>Not a word</Code>").detail.ends_with("status 403"));
  EXPECT_TRUE(answered(*source, 403, "<Code>").detail.ends_with("status 403"));
  EXPECT_TRUE(answered(*source, 500).detail.ends_with("status 500"));
}

TEST_F(HttpSourceTest, RedirectsAreToldWithoutTheirQueries) {
  const auto source = cdn("abc");
  http::Headers headers;
  headers.add("Location", "https://elsewhere.test/x?token=hunter2");
  const signing::Refusal refusal = answered(*source, 302, {}, headers);
  EXPECT_EQ(refusal.reason, Reason::fetch_redirect);
  EXPECT_TRUE(refusal.detail.ends_with("status 302 to https://elsewhere.test/x"));
  EXPECT_TRUE(transport.pending.empty());
  EXPECT_EQ(answered(*source, 304).reason, Reason::fetch_status);
}

TEST_F(HttpSourceTest, EachFailureHasItsReason) {
  using http::TransportError;
  const auto source = cdn();
  for (const auto& [error, reason] : {std::pair(TransportError::unreachable, Reason::fetch_failed),
                                      {TransportError::timeout, Reason::fetch_timeout},
                                      {TransportError::tls, Reason::fetch_tls},
                                      {TransportError::protocol, Reason::fetch_truncated},
                                      {TransportError::too_large, Reason::fetch_too_large},
                                      {TransportError::coding, Reason::compression}}) {
    ask(*source);
    transport.fail(error);
    EXPECT_EQ(fetched.error().reason, reason) << to_text(error);
  }
  EXPECT_EQ(answered(*source, 200).reason, Reason::fetch_empty);
  for (const int status : {429, 500, 502, 503, 504}) {
    EXPECT_EQ(answered(*source, status).reason, Reason::fetch_unavailable) << status;
  }
  for (const int status : {204, 301, 304, 400, 401, 403, 404, 410}) {
    EXPECT_EQ(answered(*source, status).reason, Reason::fetch_status) << status;
  }
}

}  // namespace
}  // namespace signet::app
