#include "signing/admission/artifact_review.hpp"

#include <fmt/format.h>
#include <memory>

#include "signing/admission/config_review.hpp"
#include "signing/admission/schema_changes.hpp"
#include "signing/core/gate_checks.hpp"
#include "signing/core/subgraph_urls.hpp"

namespace signet::admission {
namespace {

using signing::ArtifactKind;
using Kind = Comparison::Kind;

RuleResult bad_artifact(std::string_view why) {
  return {"artifact", false, signing::printable(why, kMessageCharactersMax)};
}

std::string text_of(const signing::Refusal& refusal) {
  return fmt::format("{}: {}", signing::info(refusal.reason).code, refusal.detail);
}

signing::Verification<std::shared_ptr<const std::string>> unpack(std::string_view stored) {
  return signing::unpack(std::make_shared<const std::string>(stored));
}

// Errors: what cannot be read, for the rule `artifact`.
std::expected<Comparison, std::string> compare(const std::string& text, const Predecessor& predecessor) {
  if (predecessor.kind != Kind::known) return Comparison{predecessor.kind, {}, predecessor.why};
  const auto before = unpack(predecessor.stored);
  if (!before) return std::unexpected("the previous artifact: " + text_of(before.error()));
  auto changes = graph_changes(**before, text);
  if (!changes) return std::unexpected(std::move(changes).error());
  return Comparison{Kind::known, std::move(*changes), {}};
}

}  // namespace

Predecessor find_predecessor(const signing::Statement& statement, ApprovedArtifacts& approved) {
  const Line line = Line::of(statement);
  if (approved.holds(line, statement.sha256)) return {Kind::approved, {}, {}};
  std::string problem = approved.problem(line);
  if (problem.empty() && approved.highest_serial(line) == 0) return {Kind::first, {}, {}};
  constexpr std::string_view kFix = "sign it again with --previous and the statement of one that was approved";
  if (statement.previous.empty()) {
    if (!problem.empty()) return {Kind::unknown, {}, std::move(problem)};
    return {Kind::unknown, {}, fmt::format("the statement names no previous artifact; {}", kFix)};
  }
  auto stored = approved.read(line, statement.previous);
  if (stored) return {Kind::known, std::move(*stored), {}};
  if (!problem.empty()) return {Kind::unknown, {}, std::move(problem)};
  return {Kind::unknown, {}, fmt::format("the previous artifact is not known here ({}); {}", stored.error(), kFix)};
}

PolicyVerdict review_artifact(const AdmissionPolicy& policy, const VerifiedStatement& about, std::string_view artifact,
                              const Predecessor& predecessor) {
  PolicyVerdict broken;
  const signing::Statement& statement = about.statement;
  if (auto good = signing::check_digest(statement, artifact); !good) {
    broken.add(bad_artifact(text_of(good.error())));
    return broken;
  }
  const auto text = unpack(artifact);
  if (!text) {
    broken.add(bad_artifact(text_of(text.error())));
    return broken;
  }
  const auto content = signing::check_content(statement.artifact, **text, policy.allowed);
  const bool outside = !content && content.error().reason == signing::Reason::egress;
  if (!content && !outside) {
    broken.add(bad_artifact(text_of(content.error())));
    return broken;
  }
  // Where a URL is not on the list, the rule `allow` says so beside all others.
  const bool graph = statement.artifact == ArtifactKind::graph;
  const auto subgraphs = outside ? signing::subgraph_urls(**text).value_or(std::vector<signing::Subgraph>()) : *content;
  std::expected<Comparison, std::string> comparison;
  if (graph && policy.forbid.any()) comparison = compare(**text, predecessor);
  PolicyVerdict verdict =
      judge(policy, {.subgraphs = subgraphs,
                     .signers = about.signers,
                     .comparison = graph && policy.forbid.any() && comparison ? &*comparison : nullptr,
                     .kind = statement.artifact});
  if (!comparison) verdict.add(bad_artifact(comparison.error()));
  return verdict;
}

}  // namespace signet::admission
