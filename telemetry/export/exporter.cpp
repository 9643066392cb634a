#include "telemetry/export/exporter.hpp"

#include <charconv>

#include "router/base/limits.hpp"

namespace signet::telemetry {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kRequestTimeout{10'000};
constexpr milliseconds kBackoffFirst{1'000};
constexpr milliseconds kBackoffMax{5'000};

// Spec: OTLP/HTTP, retryable response codes; a lost connection counts as one.
bool retryable(const http::Outcome& outcome) {
  if (!outcome) return outcome.error().error != http::TransportError::too_large;
  return outcome->status == 429 || (outcome->status >= 502 && outcome->status <= 504);
}

}  // namespace

Exporter::Exporter(ExporterSettings settings, http::Transport& transport, const Clock& clock, const LabelTable& labels,
                   Schedule schedule)
    : settings_(std::move(settings)),
      transport_(transport),
      clock_(clock),
      labels_(labels),
      schedule_(std::move(schedule)) {}

Exporter::~Exporter() {
  *alive_ = false;
  if (exchange_) exchange_->cancel();
}

void Exporter::add_spans(const std::vector<Span>& spans) {
  for (const Span& span : spans) {
    if (spans_.size() >= kSpansQueuedMax) {
      ++dropped_;
    } else {
      spans_.push_back(span);
    }
  }
}

void Exporter::flush(const Series& series, const std::vector<UsageCount>& usage) {
  while (!spans_.empty()) {
    const size_t count = std::min(spans_.size(), kSpansPerBatchMax);
    const auto end = spans_.begin() + static_cast<std::ptrdiff_t>(count);
    const std::vector<Span> batch(spans_.begin(), end);
    spans_.erase(spans_.begin(), end);
    enqueue("/v1/traces", encode_traces(settings_.resource, batch, labels_), count);
  }
  if (!series.empty()) {
    enqueue("/v1/metrics", encode_metrics(settings_.resource, series, settings_.start, clock_.wall(), labels_),
            series.size());
  }
  if (!usage.empty()) {
    enqueue("/v1/logs", encode_usage(settings_.resource, usage, clock_.wall(), settings_.usage_window, labels_),
            usage.size());
  }
  send_next();
}

void Exporter::enqueue(std::string_view path, Encoded encoded, uint64_t records) {
  violations_ += encoded.violations;
  if (encoded.bytes.empty()) return;
  if (bodies_.size() >= kBodiesQueuedMax) {
    dropped_ += records;
    return;
  }
  bodies_.push_back({std::string(path), std::move(encoded.bytes), records});
}

void Exporter::send_next() {
  if (bodies_.empty() || in_flight_ != nullptr || waiting_) return;
  http::DestinationSettings to{.url = settings_.endpoint, .response_bytes_max = limits::kCollectorAnswerBytesMax};
  while (to.url.target.ends_with('/')) to.url.target.pop_back();
  to.url.target += bodies_.front().path;
  to.headers.add("Content-Type", "application/x-protobuf");
  http::Request request{
      .to = http::make_destination(std::move(to)), .headers = {}, .body = bodies_.front().bytes, .idempotent = true};
  ++bodies_.front().attempts;
  in_flight_ = std::make_unique<http::Collect>(limits::kCollectorAnswerBytesMax, [this](http::Outcome outcome) {
    // The sink is on the stack: let it return before it dies.
    schedule_(milliseconds(0), [this, alive = alive_, outcome = std::move(outcome)] {
      if (*alive) finished(outcome);
    });
  });
  exchange_ = transport_.send(std::move(request), clock_.steady() + kRequestTimeout, *in_flight_);
}

void Exporter::finished(const http::Outcome& outcome) {
  in_flight_.reset();
  exchange_.reset();
  Body& body = bodies_.front();
  const bool good = outcome && outcome->status >= 200 && outcome->status < 300;
  if (!good && retryable(outcome) && body.attempts < kAttemptsMax) {
    waiting_ = true;
    schedule_(backoff(body, outcome), [this, alive = alive_] {
      if (!*alive) return;
      waiting_ = false;
      send_next();
    });
    return;
  }
  if (!good) dropped_ += body.records;
  bodies_.pop_front();
  send_next();
}

milliseconds Exporter::backoff(const Body& body, const http::Outcome& outcome) const {
  if (outcome) {
    const std::string_view after = outcome->headers.get("retry-after");
    uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(after.data(), after.data() + after.size(), seconds);
    if (error == std::errc() && end == after.data() + after.size() && !after.empty()) {
      return std::min<milliseconds>(std::chrono::seconds(seconds), std::chrono::seconds(60));
    }
  }
  const milliseconds full = std::min(kBackoffMax, kBackoffFirst * (1 << (body.attempts - 1)));
  // Jitter from the clock's low digits: enough to keep routers from retrying in step.
  const auto jitter = clock_.steady().time_since_epoch().count() / 1'000 % (full.count() / 2 + 1);
  return full / 2 + milliseconds(jitter);
}

}  // namespace signet::telemetry
