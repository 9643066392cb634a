#include "signing/admission/policy.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "signing/admission/config_review.hpp"

namespace signet::admission {
namespace {

PolicyVerdict deny(std::string_view message) {
  return {false, signing::printable(message, kMessageCharactersMax)};
}

// Empty when the URL is fine.
std::string check_url(const AdmissionPolicy& policy, const std::string& text) {
  const auto url = http::parse_url(text);
  if (!url) return url.error();
  if (url->scheme == http::Scheme::http && !policy.allow_plain_http) return "plain http is not allowed; use https";
  const auto allowed = policy.allowed.check_url(*url);
  return allowed ? std::string() : allowed.error();
}

}  // namespace

PolicyVerdict judge(const AdmissionPolicy& policy, const std::vector<signing::Subgraph>& subgraphs,
                    const std::vector<signing::Signer>& signers) {
  for (const std::string& kid : policy.required_signers) {
    if (std::ranges::find(signers, kid, &signing::Signer::kid) == signers.end()) {
      return deny(fmt::format("the signature of {} is missing", kid));
    }
  }
  const auto approvals = std::ranges::count(signers, signing::Role::approve, &signing::Signer::role);
  if (static_cast<size_t>(approvals) < policy.approvers) {
    return deny(fmt::format("{} of {} approvals", approvals, policy.approvers));
  }
  if (subgraphs.size() > policy.max_subgraphs) {
    return deny(fmt::format("{} subgraphs; at most {} are allowed", subgraphs.size(), policy.max_subgraphs));
  }
  for (const signing::Subgraph& subgraph : subgraphs) {
    std::string problem = check_url(policy, subgraph.url);
    if (problem.empty() && !subgraph.subscription_url.empty()) problem = check_url(policy, subgraph.subscription_url);
    if (!problem.empty()) return deny(fmt::format("subgraph {}: {}", signing::printable(subgraph.name, 64), problem));
  }
  return {true, "allowed by policy"};
}

}  // namespace signet::admission
