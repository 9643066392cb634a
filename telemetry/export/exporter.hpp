// Exporter: batches of spans, metrics and usage to an OTLP/HTTP collector, with retry, a bounded queue, and drops that
// are counted. A dead collector changes nothing for clients.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/base/clock.hpp"
#include "router/http/one_shot.hpp"
#include "router/http/transport.hpp"
#include "telemetry/export/otlp.hpp"

namespace signet::telemetry {

struct ExporterSettings {
  http::Url endpoint;  ///< base; /v1/traces, /v1/metrics and /v1/logs are appended
  Resource resource;
  WallTime start;
  std::chrono::seconds usage_window{60};
};

/// Calls `task` once after `delay`, on the exporter's thread.
using Schedule = std::function<void(std::chrono::milliseconds delay, std::function<void()> task)>;

/// Threads: one, the transport's.
class Exporter {
 public:
  static constexpr size_t kSpansQueuedMax = 2'048;
  static constexpr size_t kBodiesQueuedMax = 64;
  static constexpr size_t kSpansPerBatchMax = 512;
  static constexpr int kAttemptsMax = 5;

  Exporter(ExporterSettings settings, http::Transport& transport, const Clock& clock, const LabelTable& labels,
           Schedule schedule);
  ~Exporter();

  void set_graph_name(const std::string& name) { settings_.resource.graph_name = name; }
  void add_spans(const std::vector<Span>& spans);
  /// Sends what is queued, and these series and counts.
  void flush(const Series& series, const std::vector<UsageCount>& usage);
  /// True when nothing is queued or under way.
  bool idle() const { return bodies_.empty() && in_flight_ == nullptr; }

  uint64_t dropped() const { return dropped_; }
  uint64_t violations() const { return violations_; }

 private:
  struct Body {
    std::string path;
    std::string bytes;
    uint64_t records = 0;
    int attempts = 0;
  };
  void enqueue(std::string_view path, Encoded encoded, uint64_t records);
  void send_next();
  void finished(const http::Outcome& outcome);
  std::chrono::milliseconds backoff(const Body& body, const http::Outcome& outcome) const;

  ExporterSettings settings_;
  http::Transport& transport_;
  const Clock& clock_;
  const LabelTable& labels_;
  Schedule schedule_;
  std::deque<Span> spans_;
  std::deque<Body> bodies_;
  std::unique_ptr<http::Collect> in_flight_;
  std::shared_ptr<http::Exchange> exchange_;
  bool waiting_ = false;
  uint64_t dropped_ = 0;
  uint64_t violations_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace signet::telemetry
