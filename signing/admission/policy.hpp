// The admission policy engine: what a graph must look like to be approved, rule by rule.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "router/http/egress.hpp"
#include "signing/admission/change_class.hpp"
#include "signing/admission/change_windows.hpp"
#include "signing/core/artifact.hpp"
#include "signing/core/trust_policy.hpp"

namespace signet::admission {

struct AdmissionPolicy {
  http::EgressPolicy allowed;     ///< URL patterns and CIDRs; an empty list allows nothing
  bool allow_plain_http = false;  ///< http:// subgraphs, wherever they are
  /// What is approved at all. Those who approve graphs need not be those who approve configurations of the router.
  std::vector<signing::ArtifactKind> kinds{signing::ArtifactKind::graph, signing::ArtifactKind::operations};
  std::vector<std::string> required_signers{};  ///< kids that must have signed
  size_t approvers = 0;                         ///< approve signatures that the statement must carry already
  size_t max_subgraphs = 200;
  ChangeClasses forbid{};               ///< changes against the artifact that it replaces
  bool allow_unknown_previous = false;  ///< lets in what cannot be compared
  ChangeTimes times{};
};

/// One graph in one environment: whose signatures count there, and what may be in it.
struct AdmissionGraph {
  signing::TrustPolicy trust;
  AdmissionPolicy policy;
  bool reads_artifact = false;  ///< its artifact can be fetched: the router's word is not needed
};

/// How an artifact stands to what was approved before it.
struct Comparison {
  enum class Kind : uint8_t {
    first,     ///< nothing was approved before
    approved,  ///< it was approved itself before
    unknown,   ///< what it replaces is not known: `why` says more
    known,     ///< `changes` are all
  };
  Kind kind = Kind::first;
  std::vector<Change> changes{};
  std::string why{};
};

/// What is judged.
struct AdmissionCase {
  const std::vector<signing::Subgraph>& subgraphs;
  const std::vector<signing::Signer>& signers;  ///< those whose signatures were verified
  const Comparison* comparison = nullptr;       ///< null: changes are not judged
  signing::ArtifactKind kind = signing::ArtifactKind::graph;
};

/// One rule, and what became of it.
struct RuleResult {
  std::string rule;
  bool passed = true;
  std::string why;  ///< printable, at most 256 characters
};

struct PolicyVerdict {
  bool allowed = true;
  std::string message = "allowed by policy";  ///< of the first rule that is broken; at most 256 printable characters
  std::vector<RuleResult> rules;

  /// Takes another rule in.
  void add(RuleResult result);
};

/// Every rule but the change windows, which are judged when the answer is given.
PolicyVerdict judge(const AdmissionPolicy& policy, const AdmissionCase& about);

/// Subgraphs by name: one may have several lines of URLs.
size_t count_subgraphs(const std::vector<signing::Subgraph>& urls);

/// URLs of subgraphs: they parse, are https unless the policy says otherwise, and are on the list.
RuleResult judge_urls(const AdmissionPolicy& policy, const std::vector<signing::Subgraph>& subgraphs);

RuleResult judge_time(const ChangeTimes& times, WallTime now, bool approved_before);

}  // namespace signet::admission
