#include <fmt/format.h>

#include "config-schema/graph_token.hpp"
#include "router/app/http_source.hpp"
#include "router/base/limits.hpp"
#include "router/json/writer.hpp"

namespace signet::app {
namespace {

using signing::Reason;

// A field may stand there several times; which one would count is nobody's to say.
signing::BodySignature signature_of(const http::Headers& headers) {
  signing::BodySignature signature;
  for (const auto& [name, value] : headers) {
    if (http::equals_ignoring_case(name, signing::kBodySignatureField)) signature.values.emplace_back(value);
  }
  return signature;
}

std::string_view hint_of(int status) {
  if (status == 401 || status == 403) return "; the CDN does not take the token";
  if (status == 400) return "; the CDN says that the token is not one of this graph";
  if (status == 404) return "; nothing is published for this graph";
  return "";
}

class CosmoSource final : public BodySource {
 public:
  CosmoSource(const config::CdnSource& cdn, const SourceSite& site, SourceAuthorities authorities)
      : kind_(site.kind),
        origin_(std::move(authorities), site.transport),
        clock_(site.clock),
        base_(cdn.url),
        token_(cdn.token) {
    while (base_.ends_with('/')) base_.pop_back();
  }

  signing::SourceKind kind() const override { return kind_; }

  void reconfigure(const config::Source& source) override {
    if (source.cdn) token_ = source.cdn->token;
  }

  void fetch_body(const std::string& version, OnBody done) override {
    auto to = target(version);
    if (!to) return done(signing::refuse(Reason::fetch_failed, to.error()));
    std::string where = shown_url(to->url.text());
    origin_.send(
        std::move(*to), {limits::kArtifactWireBytesMax, limits::kArtifactBytesMax}, clock_.steady() + kSourceTimeout,
        [asked = !version.empty(), where = std::move(where), done = std::move(done)](
            std::expected<http::Response, signing::Refusal> answer) { done(judge(where, asked, std::move(answer))); });
  }

 private:
  std::expected<OriginFetch::Target, std::string> target(const std::string& version) const {
    const auto token = config::read_graph_token(token_);
    if (!token) return std::unexpected("the token " + token.error());
    const std::string text =
        fmt::format("{}/{}/{}/routerconfigs/latest.json", base_, token->organization_id, token->federated_graph_id);
    auto url = http::parse_url(text);
    if (!url) return std::unexpected(fmt::format("{}: {}", text, url.error()));
    OriginFetch::Target to{.url = std::move(*url), .fields = {}, .method = http::Method::post};
    to.fields.add("Content-Type", "application/json; charset=UTF-8");
    to.fields.add("Accept-Encoding", "gzip");
    to.fields.add("Authorization", "Bearer " + token_);
    json::Writer(to.body).begin_object().key("version").value(version).end_object();
    return to;
  }

  static FetchedBody judge(const std::string& where, bool asked_with_version,
                           std::expected<http::Response, signing::Refusal> answer) {
    constexpr int kOk = 200, kNotModified = 304;
    if (!answer) return std::unexpected(std::move(answer).error());
    if (answer->status == kNotModified && asked_with_version) return std::nullopt;
    if (answer->status != kOk) {
      signing::Refusal refusal = refusal_of_status(where, *answer);
      refusal.detail +=
          answer->status == kNotModified ? ", and it was not asked about a version" : hint_of(answer->status);
      return std::unexpected(std::move(refusal));
    }
    if (answer->body.empty()) return signing::refuse(Reason::fetch_empty, where + ": the body is empty");
    return SignedBody{.body = std::move(answer->body), .signature = signature_of(answer->headers)};
  }

  signing::SourceKind kind_;
  OriginFetch origin_;
  const Clock& clock_;
  std::string base_;
  std::string token_;
};

}  // namespace

std::expected<std::unique_ptr<BodySource>, std::string> make_cosmo_source(const config::CdnSource& cdn,
                                                                          const SourceSite& site) {
  SourceAuthorities authorities(site.key + ".cdn.tls", cdn.ca_file);
  if (auto read = authorities.read(); !read) return std::unexpected(read.error());
  return std::make_unique<CosmoSource>(cdn, site, std::move(authorities));
}

}  // namespace signet::app
