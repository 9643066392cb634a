#include "router/app/artifact_fetcher.hpp"

#include <fmt/format.h>

#include "router/app/http_source.hpp"

namespace signet::app {
namespace {

// What is fetched at once may take 64 MiB each.
constexpr size_t kRunningMax = 8;

// One URL, which somebody else chose within what the policy allows.
class UrlSource final : public HttpSource {
 public:
  UrlSource(http::Url url, http::Transport& transport, const Clock& clock)
      : HttpSource(signing::SourceKind::cdn, SourceAuthorities("cosmo", ""), transport, clock), url_(std::move(url)) {}

 private:
  std::expected<Target, std::string> target(std::string_view) override {
    Target to{.url = url_, .fields = {}};
    to.fields.add("Accept-Encoding", "gzip");
    return to;
  }

  http::Url url_;
};

}  // namespace

void ArtifactFetcher::fetch(const config::AdmissionArtifacts& from, const std::string& sha256, Done done) {
  const std::string key = fmt::format("{} {}", from.cdn ? from.cdn->url : from.file, sha256);
  const auto make = [this, from] -> std::expected<std::unique_ptr<ArtifactSource>, std::string> {
    if (!from.cdn) return make_file_source(from.file, signing::SourceKind::file);
    return make_cdn_source(*from.cdn, {"artifacts", signing::SourceKind::cdn, transport_, clock_});
  };
  add(key, make, sha256, std::move(done));
}

void ArtifactFetcher::fetch(const http::Url& url, Done done) {
  const auto make = [this, url] -> std::expected<std::unique_ptr<ArtifactSource>, std::string> {
    return std::make_unique<UrlSource>(url, transport_, clock_);
  };
  add(url.text(), make, "", std::move(done));
}

void ArtifactFetcher::add(const std::string& key, MakeSource make, const std::string& sha256, Done done) {
  const auto [at, fresh] = jobs_.try_emplace(key);
  at->second.waiting.push_back(std::move(done));
  if (!fresh) return;
  at->second.make = std::move(make);
  at->second.sha256 = sha256;
  queue_.push_back(key);
  loop_.post([this] { start_next(); });
}

void ArtifactFetcher::start_next() {
  if (running_ == kRunningMax || queue_.empty()) return;
  const std::string key = std::move(queue_.front());
  queue_.pop_front();
  ++running_;
  ++fetches_;
  Job& job = jobs_.at(key);
  // The source is on the stack when it answers: it goes when it has returned.
  const auto answer = [this, key](const admission::Fetched& fetched) {
    loop_.post([this, key, fetched] { finish(key, fetched); });
  };
  auto source = job.make();
  if (!source) return answer(std::unexpected(source.error()));
  job.source = std::move(*source);
  job.source->fetch_artifact(job.sha256, [answer](Fetched fetched) {
    if (fetched) return answer(std::move(*fetched));
    answer(std::unexpected(
        fmt::format("{}: {}", signing::info(fetched.error().reason).code, signing::printable(fetched.error().detail))));
  });
}

void ArtifactFetcher::finish(const std::string& key, const admission::Fetched& fetched) {
  auto job = jobs_.extract(key);
  --running_;
  for (const Done& done : job.mapped().waiting) done(fetched);
  start_next();
}

}  // namespace signet::app
