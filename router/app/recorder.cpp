#include "router/app/recorder.hpp"

#include <algorithm>

namespace signet::app {

Recorder::Recorder(telemetry::LabelTable& labels, double trace_rate, std::string_view route, bool counts_usage)
    : traces(trace_rate), labels_(labels), route_(labels.route(route)), counts_usage_(counts_usage) {
  for (size_t i = 0; i < methods_.size(); ++i) methods_[i] = labels.method(to_text(static_cast<http::Method>(i)));
  for (size_t i = 0; i < tls_failures_.size(); ++i)
    tls_failures_[i] = labels.tls_failure(to_text(static_cast<net::TlsFailure>(i)));
  for (size_t i = 0; i < error_code_count(); ++i)
    errors_.push_back(labels.error_code(info(static_cast<ErrorCode>(i)).name));
}

telemetry::AttributeSet Recorder::request(const telemetry::AccessRecord& record) {
  if (harvest_.access.size() < kAccessQueuedMax) {
    harvest_.access.push_back(record);
  } else {
    ++harvest_.dropped;
  }
  telemetry::AttributeSet attributes;
  attributes.http_request_method(record.method).http_response_status_code(int64_t{record.status});
  metrics.observe(telemetry::MetricId::server_duration, attributes, static_cast<double>(record.duration_us) * 1e-6);
  if (!record.error.empty()) {
    metrics.add(telemetry::MetricId::request_errors, telemetry::AttributeSet().error_type(record.error));
  }
  return attributes;
}

void Recorder::span(const telemetry::Span& span) {
  if (harvest_.spans.size() < kSpansQueuedMax) {
    harvest_.spans.push_back(span);
  } else {
    ++harvest_.dropped;
  }
}

void Recorder::subgraph_trouble(telemetry::Label<telemetry::LabelClass::subgraph> subgraph,
                                const http::Failure& failure) {
  auto& troubles = harvest_.subgraph_troubles;
  auto same = std::ranges::find_if(troubles, [&](const SubgraphTrouble& trouble) {
    return trouble.subgraph.id() == subgraph.id() && trouble.failure == failure.error;
  });
  if (same == troubles.end()) same = troubles.insert(same, {subgraph, failure.error, failure.detail});
  ++same->count;
}

void Recorder::client_tls_trouble(const net::TlsProblem& problem) {
  if (problem.failure == net::TlsFailure::closed && !problem.alert) return;
  auto& troubles = harvest_.client_tls_troubles;
  auto same = std::ranges::find(troubles, problem.failure, &ClientTlsTrouble::failure);
  if (same == troubles.end()) same = troubles.insert(same, {problem.failure, problem.detail});
  ++same->count;
}

void Recorder::usage(const std::shared_ptr<const telemetry::UsageTemplate>& operation, bool failed) {
  if (!counts_usage_) return;
  const auto found = usage_.find(operation.get());
  if (found == usage_.end()) {
    const size_t bytes = sizeof(telemetry::UsageTemplate) + operation->fields.size() * sizeof operation->fields[0];
    if (usage_.size() >= kUsageMax || usage_bytes_ + bytes > kUsageBytesMax) {
      ++harvest_.dropped;
      return;
    }
    usage_bytes_ += bytes;
  }
  telemetry::UsageCount& count = found == usage_.end() ? usage_[operation.get()] : found->second;
  count.operation = operation;
  ++count.requests;
  count.errors += failed ? 1 : 0;
}

Harvest Recorder::harvest() {
  return std::exchange(harvest_, {});
}

std::vector<telemetry::UsageCount> Recorder::take_usage() {
  std::vector<telemetry::UsageCount> counts;
  counts.reserve(usage_.size());
  for (auto& [key, count] : usage_) counts.push_back(std::move(count));
  usage_.clear();
  usage_bytes_ = 0;
  return counts;
}

telemetry::Label<telemetry::LabelClass::user_agent> Recorder::user_agent(std::string_view header) {
  if (const auto found = user_agents_.find(header); found != user_agents_.end()) return found->second;
  if (user_agents_.size() >= kUserAgentsMax) user_agents_.clear();
  return user_agents_.emplace(std::string(header), labels_.user_agent(header)).first->second;
}

}  // namespace signet::app
