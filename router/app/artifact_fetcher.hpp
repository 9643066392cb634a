// ArtifactFetcher: fetches artifacts for the admission server, each once however many ask for it at a time.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config-schema/admission_policy.hpp"
#include "router/app/artifact_source.hpp"
#include "router/http/url.hpp"
#include "router/net/event_loop.hpp"
#include "signing/admission/server_answer.hpp"

namespace signet::app {

/// Step 1 of the gate: from the places that the policy names, within the caps and 30 s, without redirects.
/// Threads: its loop's. Lifetime: destroyed when the loop has stopped.
class ArtifactFetcher {
 public:
  using Done = std::function<void(const admission::Fetched&)>;

  ArtifactFetcher(net::EventLoop& loop, http::Transport& transport, const Clock& clock)
      : loop_(loop), transport_(transport), clock_(clock) {}

  /// `done` runs on the loop, never inside this call.
  void fetch(const config::AdmissionArtifacts& from, const std::string& sha256, Done done);
  /// What lies at `url`, with any digest. `url` is allowed already.
  void fetch(const http::Url& url, Done done);

  uint64_t fetches() const { return fetches_; }

 private:
  using MakeSource = std::function<std::expected<std::unique_ptr<ArtifactSource>, std::string>()>;
  struct Job {
    MakeSource make;
    std::string sha256;
    std::unique_ptr<ArtifactSource> source;
    std::vector<Done> waiting;
  };

  void add(const std::string& key, MakeSource make, const std::string& sha256, Done done);
  void start_next();
  void finish(const std::string& key, const admission::Fetched& fetched);

  net::EventLoop& loop_;
  http::Transport& transport_;
  const Clock& clock_;
  std::map<std::string, Job> jobs_;
  std::deque<std::string> queue_;  // keys of jobs that have not begun
  size_t running_ = 0;
  uint64_t fetches_ = 0;
};

}  // namespace signet::app
