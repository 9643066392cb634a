#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "router/app/http_source.hpp"
#include "router/base/units.hpp"

namespace signet::app {
namespace {

using signing::Reason;

constexpr auto kHints = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"AccessDenied", "the key may not read this object; without the right to list, that is also said of missing ones"},
    {"AuthorizationHeaderMalformed", "check the region"},
    {"ExpiredToken", "the session token has expired; renew it in credentials_file"},
    {"InvalidAccessKeyId", "the store does not know the access key of credentials_file"},
    {"InvalidToken", "the session token is not one of the access key; renew credentials_file"},
    {"NoSuchBucket", "check endpoint and bucket"},
    {"NoSuchKey", "nothing is published there; check the prefix"},
    {"PermanentRedirect", "the bucket lives behind another endpoint; check endpoint and region"},
    {"SignatureDoesNotMatch",
     "the secret of credentials_file is not that of its access key, or a proxy altered the "
     "request"},
});

// The word in <Code> of a store's error, or nothing.
// Spec: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
std::string_view error_code(std::string_view body) {
  constexpr std::string_view kBegin = "<Code>";
  constexpr size_t kBytesMax = 64;
  const size_t begin = body.find(kBegin);
  if (begin == std::string_view::npos) return {};
  body.remove_prefix(begin + kBegin.size());
  const std::string_view code = body.substr(0, body.find('<'));
  const bool word = std::ranges::all_of(
      code, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
  return word && code.size() <= kBytesMax ? code : std::string_view();
}

class S3Source final : public HttpSource {
 public:
  S3Source(const config::S3Source& s3, const SourceSite& site, SourceAuthorities authorities,
           SourceCredentials credentials)
      : HttpSource(site.kind, std::move(authorities), site.transport, site.clock),
        base_(fmt::format("{}/{}{}{}", s3.endpoint, s3.bucket, s3.prefix.empty() ? "" : "/", s3.prefix)),
        region_(s3.region),
        credentials_(std::move(credentials)) {}

 private:
  std::expected<Target, std::string> target(std::string_view name) override {
    auto url = http::parse_url(fmt::format("{}/{}", base_, name));
    if (!url) return std::unexpected(fmt::format("{}/{}: {}", base_, name, url.error()));
    const auto credentials = credentials_.read();
    if (!credentials) return std::unexpected(credentials.error());
    AwsRequest request{
        .method = http::Method::get, .url = std::move(*url), .fields = {}, .region = region_, .service = "s3"};
    request.fields.add("X-Amz-Content-Sha256", crypto::sha256_hex(""));
    http::Headers fields = sign_aws_request(request, **credentials, now());
    return Target{.url = std::move(request.url), .fields = std::move(fields)};
  }

  signing::Refusal refusal_of(const std::string& where, const http::Response& answer) const override {
    signing::Refusal refusal = HttpSource::refusal_of(where, answer);
    const std::string_view code = error_code(answer.body);
    if (code == "RequestTimeTooSkewed") return skewed(where, answer.headers);
    if (!code.empty()) refusal.detail += fmt::format(" {}", code);
    const auto* hint = std::ranges::find(kHints, code, &std::pair<std::string_view, std::string_view>::first);
    if (hint != kHints.end()) refusal.detail += fmt::format(": {}", hint->second);
    if (!credentials_.problem().empty()) {
      refusal.detail += fmt::format(" (the credentials are older ones: {})", credentials_.problem());
    }
    return refusal;
  }

  signing::Refusal skewed(const std::string& where, const http::Headers& headers) const {
    const std::string_view date = headers.get("date");
    return {Reason::fetch_clock, fmt::format("{}: the router's clock says {}, the store's {}", where,
                                             format_timestamp(std::chrono::floor<std::chrono::seconds>(now())),
                                             date.empty() ? "something else" : signing::printable(date, 40))};
  }

  std::string base_;
  std::string region_;
  SourceCredentials credentials_;
};

}  // namespace

std::expected<std::unique_ptr<ArtifactSource>, std::string> make_s3_source(const config::S3Source& s3,
                                                                           const SourceSite& site) {
  SourceAuthorities authorities(site.key + ".s3.tls", s3.ca_file);
  if (auto read = authorities.read(); !read) return std::unexpected(read.error());
  SourceCredentials credentials(site.key + ".s3.credentials_file", s3.credentials_file);
  if (auto read = credentials.read(); !read) return std::unexpected(read.error());
  return std::make_unique<S3Source>(s3, site, std::move(authorities), std::move(credentials));
}

}  // namespace signet::app
