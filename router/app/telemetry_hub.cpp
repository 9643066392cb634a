#include "router/app/telemetry_hub.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "router/app/version.hpp"
#include "signing/core/refusal.hpp"
#include "telemetry/export/access_log.hpp"

namespace signet::app {

using telemetry::MetricId;

namespace {

// A counter that appears with its first event has not grown, as far as a rate can tell: it begins at 0.
void begin_counters(telemetry::MetricShard& metrics, telemetry::LabelTable& labels) {
  using telemetry::AttributeSet;
  for (const MetricId plain :
       {MetricId::requests_cancelled, MetricId::slow_readers_disconnected, MetricId::plan_cache_hits,
        MetricId::plan_cache_misses, MetricId::plan_cache_warmed, MetricId::planner_refused, MetricId::config_applied,
        MetricId::tls_files_applied, MetricId::tls_files_refused, MetricId::secrets_applied, MetricId::secrets_refused,
        MetricId::audit_failed, MetricId::telemetry_dropped, MetricId::telemetry_violations}) {
    metrics.add(plain, {}, 0);
  }
  for (size_t i = 0; i < signing::reason_count(); ++i) {
    const signing::ReasonInfo& reason = signing::info(static_cast<signing::Reason>(i));
    metrics.add(MetricId::config_refused, AttributeSet().refusal_reason(labels.refusal_reason(reason.code)), 0);
  }
  for (size_t i = 0; i < error_code_count(); ++i) {
    const ErrorCodeInfo& error = signet::info(static_cast<ErrorCode>(i));
    metrics.add(MetricId::request_errors, AttributeSet().error_type(labels.error_code(error.name)), 0);
  }
  for (size_t i = 0; i < net::kTlsFailures; ++i) {
    const auto failure = labels.tls_failure(to_text(static_cast<net::TlsFailure>(i)));
    metrics.add(MetricId::tls_handshake_failed, AttributeSet().tls_failure(failure), 0);
  }
}

// A random UUID, version 4. Spec: RFC 9562 §5.4
std::string random_uuid() {
  std::array<uint8_t, 16> bytes{};
  crypto::random_bytes(bytes);
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3F) | 0x80);
  std::string text = hex_encode(bytes);
  for (const size_t at : {20, 16, 12, 8}) text.insert(at, "-");
  return text;
}

}  // namespace

TelemetryHub::TelemetryHub(const config::Config& config, net::EventLoop& loop, http::Transport& transport,
                           const Clock& clock, telemetry::LabelTable& labels)
    : config_(config), loop_(loop), clock_(clock), labels_(labels) {
  begin_counters(metrics_, labels);
  if (config.telemetry.otlp_endpoint.empty()) return;
  auto endpoint = http::parse_url(config.telemetry.otlp_endpoint);
  if (!endpoint) return;  // refused by the configuration's checks before
  telemetry::ExporterSettings settings{.endpoint = *endpoint,
                                       .resource = {.service_name = config.telemetry.service_name,
                                                    .service_version = std::string(kVersion),
                                                    .instance_id = random_uuid(),
                                                    .graph_name = config.graph.name,
                                                    .process_id = getpid()},
                                       .start = clock.wall()};
  exporter_ = std::make_unique<telemetry::Exporter>(
      std::move(settings), transport, clock, labels,
      [this](std::chrono::milliseconds delay, std::function<void()> task) {
        if (delay.count() == 0) {
          loop_.post(std::move(task));
        } else {
          std::erase_if(timers_, [](const auto& timer) { return timer == nullptr; });
          if (timers_.size() > 16) timers_.erase(timers_.begin());
          timers_.push_back(loop_.after(delay, std::move(task)));
        }
      });
}

void TelemetryHub::start() {
  const SteadyTime now = clock_.steady();
  next_export_ = now + config_.telemetry.export_interval;
  next_usage_ = now + std::min(kUsageInterval, config_.telemetry.export_interval);
  tick_timer_ = loop_.after(kHarvestInterval, [this] { tick(); });
}

void TelemetryHub::tick() {
  harvest([] {});
  if (exporter_ && clock_.steady() >= next_export_) {
    next_export_ = clock_.steady() + config_.telemetry.export_interval;
    export_now();
  }
  tick_timer_ = loop_.after(kHarvestInterval, [this] { tick(); });
}

void TelemetryHub::harvest(const std::function<void()>& done) {
  auto left = std::make_shared<size_t>(workers_.size());
  if (workers_.empty()) return done();
  for (Worker* worker : workers_) {
    worker->loop().post([this, worker, left, done] {
      auto harvest = std::make_shared<Harvest>(worker->recorder().harvest());
      loop_.post([this, harvest, left, done] {
        std::string lines;
        if (config_.access_log != config::AccessLog::off) {
          for (const auto& record : harvest->access) lines += telemetry::access_line(record, labels_);
        }
        access_log_.write(lines);
        if (harvest->dropped > 0) metrics_.add(MetricId::telemetry_dropped, {}, static_cast<int64_t>(harvest->dropped));
        if (exporter_) exporter_->add_spans(harvest->spans);
        for (const SubgraphTrouble& trouble : harvest->subgraph_troubles) tell(trouble);
        for (const ClientTlsTrouble& trouble : harvest->client_tls_troubles) tell(trouble);
        if (--*left == 0) done();
      });
    });
  }
}

uint64_t TelemetryHub::due(Told& told, uint64_t count) {
  told.count += count;
  const SteadyTime now = clock_.steady();
  if (told.at && now - *told.at < kTroubleRepeat) return 0;
  told.at = now;
  return std::exchange(told.count, 0);
}

// Once a minute for each subgraph and reason.
void TelemetryHub::tell(const SubgraphTrouble& trouble) {
  const uint64_t count = due(told_[{trouble.subgraph.id(), trouble.failure}], trouble.count);
  if (count == 0) return;
  event(LogLevel::warn, "subgraph_failed",
        {{"subgraph", std::string(labels_.text(trouble.subgraph))},
         {"reason", std::string(to_text(trouble.failure))},
         {"count", std::to_string(count)},
         {"problem", trouble.problem}});
}

// Once a minute for each reason.
void TelemetryHub::tell(const ClientTlsTrouble& trouble) {
  const uint64_t count = due(told_of_clients_[static_cast<size_t>(trouble.failure)], trouble.count);
  if (count == 0) return;
  telemetry::EventFields fields{{"reason", std::string(net::to_text(trouble.failure))},
                                {"count", std::to_string(count)}};
  if (!trouble.problem.empty()) fields.emplace_back("problem", trouble.problem);
  event(LogLevel::warn, "client_tls_failed", fields);
}

void TelemetryHub::collect(const std::function<void(telemetry::Series)>& done) {
  gauges_(metrics_);
  auto sum = std::make_shared<telemetry::Series>(metrics_.series());
  auto left = std::make_shared<size_t>(workers_.size());
  if (workers_.empty()) return done(std::move(*sum));
  for (Worker* worker : workers_) {
    worker->loop().post([this, worker, sum, left, done] {
      auto series = std::make_shared<telemetry::Series>(worker->recorder().metrics.series());
      loop_.post([sum, series, left, done] {
        telemetry::merge(*sum, *series);
        if (--*left == 0) done(std::move(*sum));
      });
    });
  }
}

void TelemetryHub::export_now() {
  if (config_.telemetry.usage && clock_.steady() >= next_usage_) {
    next_usage_ = clock_.steady() + std::min(kUsageInterval, config_.telemetry.export_interval);
    for (Worker* worker : workers_) {
      worker->loop().post([this, worker] {
        auto counts = std::make_shared<std::vector<telemetry::UsageCount>>(worker->recorder().take_usage());
        loop_.post([this, counts] { usage_.insert(usage_.end(), counts->begin(), counts->end()); });
      });
    }
  }
  collect([this](const telemetry::Series& series) {
    exporter_->flush(series, std::exchange(usage_, {}));
    metrics_.add(MetricId::telemetry_dropped, {}, static_cast<int64_t>(exporter_->dropped() - dropped_counted_));
    dropped_counted_ = exporter_->dropped();
    metrics_.add(MetricId::telemetry_violations, {},
                 static_cast<int64_t>(exporter_->violations() - violations_counted_));
    violations_counted_ = exporter_->violations();
  });
}

void TelemetryHub::flush(std::function<void()> done) {
  harvest([this, done = std::move(done)] {
    if (!exporter_) return done();
    next_usage_ = clock_.steady();
    export_now();
    const SteadyTime end = clock_.steady() + kFlushTime;
    auto wait = std::make_shared<std::function<void()>>();
    *wait = [this, end, done, weak = std::weak_ptr(wait)] {
      if (clock_.steady() >= end || exporter_->idle()) return done();
      tick_timer_ = loop_.after(kStep, [again = weak.lock()] { (*again)(); });
    };
    tick_timer_ = loop_.after(kStep * 2, [wait] { (*wait)(); });
  });
}

void TelemetryHub::event(LogLevel level, std::string_view name, const telemetry::EventFields& fields) {
  event_log_.write(telemetry::event_line(clock_.wall(), level, name, fields));
}

void TelemetryHub::set_graph_name(const std::string& name) {
  if (exporter_) exporter_->set_graph_name(name);
}

}  // namespace signet::app
