// TelemetryHub: on the control thread, gathers what the workers record and sends it on: access log, OTLP, Prometheus.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "router/app/recorder.hpp"
#include "router/app/worker.hpp"
#include "router/net/event_loop.hpp"
#include "telemetry/export/event_log.hpp"
#include "telemetry/export/exporter.hpp"

namespace signet::app {

/// Threads: the control thread.
class TelemetryHub {
 public:
  TelemetryHub(const config::Config& config, net::EventLoop& loop, http::Transport& transport, const Clock& clock,
               telemetry::LabelTable& labels);

  void watch(std::vector<Worker*> workers) { workers_ = std::move(workers); }
  /// `gauges` sets what is only worth knowing when somebody looks; it is called before each collection.
  void set_gauges(std::function<void(telemetry::MetricShard&)> gauges) { gauges_ = std::move(gauges); }
  void start();
  /// Sends what there is; `done` runs when it is out, or after two seconds.
  void flush(std::function<void()> done);

  /// Sums over all workers and the control thread's own shard.
  void collect(const std::function<void(telemetry::Series)>& done);
  /// One line for the operator.
  void event(LogLevel level, std::string_view event, const telemetry::EventFields& fields);
  void set_graph_name(const std::string& name);

  telemetry::MetricShard& metrics() { return metrics_; }
  telemetry::LabelTable& labels() { return labels_; }

 private:
  void harvest(const std::function<void()>& done);
  void tell(const SubgraphTrouble& trouble);
  void tell(const ClientTlsTrouble& trouble);
  void export_now();
  void tick();

  static constexpr std::chrono::milliseconds kHarvestInterval{200};
  static constexpr std::chrono::milliseconds kUsageInterval{60'000};
  static constexpr std::chrono::milliseconds kFlushTime{2'000};
  static constexpr std::chrono::milliseconds kStep{20};
  static constexpr std::chrono::milliseconds kTroubleRepeat{60'000};

  const config::Config& config_;
  net::EventLoop& loop_;
  const Clock& clock_;
  telemetry::LabelTable& labels_;
  std::vector<Worker*> workers_;
  telemetry::MetricShard metrics_;
  std::function<void(telemetry::MetricShard&)> gauges_ = [](telemetry::MetricShard&) {};
  telemetry::LineWriter access_log_{1};
  telemetry::LineWriter event_log_{2};
  std::unique_ptr<telemetry::Exporter> exporter_;
  std::vector<std::unique_ptr<net::Timer>> timers_;
  std::unique_ptr<net::Timer> tick_timer_;
  SteadyTime next_export_;
  SteadyTime next_usage_;
  uint64_t dropped_counted_ = 0;
  uint64_t violations_counted_ = 0;
  std::vector<telemetry::UsageCount> usage_;
  /// Something that goes on failing.
  struct Told {
    uint64_t count = 0;  // not told of yet
    std::optional<SteadyTime> at;
  };
  /// One more of `told`: its number since the last time, when it is time to tell; else 0.
  uint64_t due(Told& told, uint64_t count);
  std::map<std::pair<uint32_t, http::TransportError>, Told> told_;  // by subgraph
  std::array<Told, net::kTlsFailures> told_of_clients_;
};

}  // namespace signet::app
