#include <fmt/format.h>

#include "router/app/http_source.hpp"

namespace signet::app {
namespace {

class CdnSource final : public HttpSource {
 public:
  CdnSource(const config::CdnSource& cdn, const SourceSite& site, SourceAuthorities authorities)
      : HttpSource(site.kind, std::move(authorities), site.transport, site.clock), base_(cdn.url), token_(cdn.token) {
    while (base_.ends_with('/')) base_.pop_back();
  }

  void reconfigure(const config::Source& source) override {
    if (source.cdn) token_ = source.cdn->token;
  }

 private:
  std::expected<Target, std::string> target(std::string_view name) override {
    auto url = http::parse_url(fmt::format("{}/{}", base_, name));
    if (!url) return std::unexpected(fmt::format("{}/{}: {}", base_, name, url.error()));
    Target to{.url = std::move(*url), .fields = {}};
    to.fields.add("Accept-Encoding", "gzip");
    if (!token_.empty()) to.fields.add("Authorization", "Bearer " + token_);
    return to;
  }

  std::string base_;
  std::string token_;
};

}  // namespace

std::expected<std::unique_ptr<ArtifactSource>, std::string> make_cdn_source(const config::CdnSource& cdn,
                                                                            const SourceSite& site) {
  SourceAuthorities authorities(site.key + ".cdn.tls", cdn.ca_file);
  if (auto read = authorities.read(); !read) return std::unexpected(read.error());
  return std::make_unique<CdnSource>(cdn, site, std::move(authorities));
}

}  // namespace signet::app
