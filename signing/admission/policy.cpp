#include "signing/admission/policy.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "signing/admission/config_review.hpp"

namespace signet::admission {
namespace {

constexpr size_t kChangesNamedMax = 5;

RuleResult broken(std::string_view rule, std::string_view why) {
  return {std::string(rule), false, signing::printable(why, kMessageCharactersMax)};
}

RuleResult kept(std::string_view rule, std::string_view why) {
  return {std::string(rule), true, signing::printable(why, kMessageCharactersMax)};
}

// Empty when the URL is fine.
std::string check_url(const AdmissionPolicy& policy, const std::string& text) {
  const auto url = http::parse_url(text);
  if (!url) return url.error();
  if (url->scheme == http::Scheme::http && !policy.allow_plain_http) return "plain http is not allowed; use https";
  const auto allowed = policy.allowed.check_url(*url);
  return allowed ? std::string() : allowed.error();
}

RuleResult judge_kind(const AdmissionPolicy& policy, signing::ArtifactKind kind) {
  const std::string_view name = signing::to_text(kind);
  if (std::ranges::find(policy.kinds, kind) != policy.kinds.end()) return kept("kind", name);
  return broken("kind", fmt::format("the statement is of kind {0}, which this policy does not approve; sign it with an "
                                    "approve key itself, or add {0} to kinds of this graph",
                                    name));
}

RuleResult judge_signers(const AdmissionPolicy& policy, const std::vector<signing::Signer>& signers) {
  for (const std::string& kid : policy.required_signers) {
    if (std::ranges::find(signers, kid, &signing::Signer::kid) == signers.end()) {
      return broken("required_signers", fmt::format("the signature of {} is missing", kid));
    }
  }
  return kept("required_signers", fmt::format("{} required", policy.required_signers.size()));
}

RuleResult judge_approvers(const AdmissionPolicy& policy, const std::vector<signing::Signer>& signers) {
  const auto approvals = std::ranges::count(signers, signing::Role::approve, &signing::Signer::role);
  const std::string count = fmt::format("{} of {} approvals", approvals, policy.approvers);
  return static_cast<size_t>(approvals) < policy.approvers ? broken("approvers", count) : kept("approvers", count);
}

RuleResult judge_count(const AdmissionPolicy& policy, const std::vector<signing::Subgraph>& urls) {
  const size_t subgraphs = count_subgraphs(urls);
  const std::string count = fmt::format("{} subgraphs; at most {} are allowed", subgraphs, policy.max_subgraphs);
  return subgraphs > policy.max_subgraphs ? broken("max_subgraphs", count) : kept("max_subgraphs", count);
}

RuleResult judge_changes(const AdmissionPolicy& policy, const Comparison& comparison) {
  switch (comparison.kind) {
    case Comparison::Kind::first:
      return kept("changes", "the first artifact of this graph");
    case Comparison::Kind::approved:
      return kept("changes", "it was approved before");
    case Comparison::Kind::unknown:
      if (policy.allow_unknown_previous) return kept("changes", "not compared: " + comparison.why);
      return broken("changes", comparison.why);
    case Comparison::Kind::known:
      break;
  }
  std::string named;
  size_t count = 0;
  for (const Change& change : comparison.changes) {
    if (!policy.forbid.test(static_cast<size_t>(change.change))) continue;
    if (++count <= kChangesNamedMax) named += fmt::format("{}{}", count == 1 ? "" : ", ", to_text(change));
  }
  if (count == 0) return kept("changes", fmt::format("{} changes, none forbidden", comparison.changes.size()));
  return broken("changes", fmt::format("{} forbidden change{}: {}", count, count == 1 ? "" : "s", named));
}

}  // namespace

void PolicyVerdict::add(RuleResult result) {
  if (!result.passed && allowed) {
    allowed = false;
    message = result.why;
  }
  rules.push_back(std::move(result));
}

size_t count_subgraphs(const std::vector<signing::Subgraph>& urls) {
  std::set<std::string_view> names;
  for (const signing::Subgraph& each : urls) names.insert(each.name);
  return names.size();
}

RuleResult judge_urls(const AdmissionPolicy& policy, const std::vector<signing::Subgraph>& subgraphs) {
  for (const signing::Subgraph& subgraph : subgraphs) {
    std::string problem = check_url(policy, subgraph.url);
    if (problem.empty() && !subgraph.subscription_url.empty()) problem = check_url(policy, subgraph.subscription_url);
    if (problem.empty()) continue;
    return broken("allow", fmt::format("subgraph {}: {}", signing::printable(subgraph.name, 64), problem));
  }
  return kept("allow", "every URL is allowed");
}

RuleResult judge_time(const ChangeTimes& times, WallTime now, bool approved_before) {
  if (approved_before) return kept("windows", "it was approved before");
  const auto open = check_time(times, now);
  return open ? kept("windows", "changes are allowed now") : broken("windows", open.error());
}

PolicyVerdict judge(const AdmissionPolicy& policy, const AdmissionCase& about) {
  PolicyVerdict verdict;
  verdict.add(judge_kind(policy, about.kind));
  verdict.add(judge_signers(policy, about.signers));
  verdict.add(judge_approvers(policy, about.signers));
  verdict.add(judge_count(policy, about.subgraphs));
  verdict.add(judge_urls(policy, about.subgraphs));
  if (about.comparison != nullptr) verdict.add(judge_changes(policy, *about.comparison));
  return verdict;
}

}  // namespace signet::admission
