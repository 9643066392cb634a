#include "router/app/signed_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <thread>

#include "router/app/artifact_source.hpp"
#include "router/app/state_store.hpp"
#include "router/app/trust_setup.hpp"

namespace signet::app {
namespace {

using signing::Artifact;
using signing::Reason;
using signing::Refusal;
using signing::Verified;

// Alarms as sentences for the operator.
class Warnings final : public signing::GateEvents {
 public:
  explicit Warnings(const std::string& file) : file_(file) {}

  void on_gate(const signing::GateEvent& event) override {
    if (event.kind != signing::GateEventKind::alarm || !event.alarm) return;
    texts.push_back(fmt::format("{}: {}: {}", file_, to_text(*event.alarm), what_to_do(*event.alarm)));
  }

  std::vector<std::string> texts;

 private:
  const std::string& file_;
};

// What reasons say of sources and webhooks does not fit a file that keys alone approve.
std::string what_to_do(Reason reason, const std::string& file) {
  switch (reason) {
    case Reason::fetch_failed:
    case Reason::fetch_empty:
      return fmt::format("put the configuration and {}.jws beside it in place: signet sign --kind router", file);
    case Reason::admission_required:
    case Reason::roles_missing:
      return fmt::format("add the approval: signet sign --add {}.jws --kid KID --key FILE", file);
    default:
      return std::string(signing::info(reason).what_to_do);
  }
}

std::unexpected<ConfigRefusal> refused(const std::string& file, const Refusal& why) {
  const signing::ReasonInfo& reason = signing::info(why.reason);
  return std::unexpected(ConfigRefusal{fmt::format("{}: refused: {}: {}: {}; {}", file, reason.code, reason.title,
                                                   why.detail, what_to_do(why.reason, file)),
                                       why});
}

std::expected<signing::GatePolicy, ConfigRefusal> gate_policy(const config::TrustRoot& root) {
  auto trust = read_trust_policy(root.trust, root.graph, root.environment);
  if (!trust) return std::unexpected(ConfigRefusal{fmt::format("{}", fmt::join(trust.error(), "; "))});
  if (auto valid = trust->validate(false); !valid) {
    return std::unexpected(
        ConfigRefusal{valid.error().message + " (a signed configuration is approved by keys alone)"});
  }
  return signing::GatePolicy{
      .kind = signing::ArtifactKind::router, .trust = std::move(*trust), .egress = {}, .webhook_secrets = {}};
}

std::expected<signing::Candidate, Refusal> read_candidate(const std::string& file,
                                                          const std::optional<signing::StateRecord>& last) {
  const auto source = make_file_source(file, signing::SourceKind::file);
  Fetched statement, artifact;
  source->fetch_statement([&](Fetched got) { statement = std::move(got); });
  source->fetch_artifact("", [&](Fetched got) { artifact = std::move(got); });
  if (!artifact) return std::unexpected(artifact.error());
  if (!statement) return std::unexpected(statement.error());
  const bool known = last && last->sha256 == crypto::sha256_hex(*artifact);
  return signing::Candidate{.statement = std::move(*statement),
                            .artifact = std::make_shared<const std::string>(std::move(*artifact)),
                            .source = known ? signing::SourceKind::last_good : signing::SourceKind::file,
                            .verdict = std::nullopt};
}

std::expected<Verified<Artifact>, Refusal> examine(const signing::Gate& gate, const std::string& file,
                                                   const std::optional<signing::StateRecord>& last) {
  const auto candidate = read_candidate(file, last);
  if (!candidate) return std::unexpected(candidate.error());
  auto examination = gate.examine(*candidate, last ? last->gate_state() : signing::GateState{});
  if (auto* verified = std::get_if<Verified<Artifact>>(&examination)) return std::move(*verified);
  if (auto* refusal = std::get_if<Refusal>(&examination)) return std::unexpected(std::move(*refusal));
  return std::unexpected(Refusal{Reason::admission_required, "one approve signature is missing"});
}

// The higher one of what is on disk and what runs: a folder that was lost does not let an older one in.
std::optional<signing::StateRecord> floor_of(std::optional<signing::StateRecord> kept, const Artifact* running) {
  if (running == nullptr || (kept && kept->serial >= running->statement.serial)) return kept;
  const signing::Statement& statement = running->statement;
  return signing::StateRecord{.artifact = statement.artifact,
                              .graph = statement.graph,
                              .environment = statement.environment,
                              .serial = statement.serial,
                              .sha256 = statement.sha256,
                              .applied = statement.issued,
                              .replaced = {}};
}

bool may_be_torn(const Refusal& refusal) {
  return refusal.reason == Reason::digest_mismatch || refusal.reason == Reason::size_mismatch ||
         refusal.reason == Reason::fetch_failed || refusal.reason == Reason::fetch_empty;
}

}  // namespace

std::expected<VerifiedConfig, ConfigRefusal> verify_config(const config::TrustRoot& root, const std::string& file,
                                                           const Clock& clock, const Artifact* running,
                                                           std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kStep{100};
  auto policy = gate_policy(root);
  if (!policy) return std::unexpected(policy.error());
  Warnings warnings(file);
  const signing::Gate gate(std::move(*policy), clock, warnings);
  std::string problem;
  const auto last = floor_of(StateStore(root.state_dir).load_state(signing::ArtifactKind::router, problem), running);
  const SteadyTime until = clock.steady() + patience;
  auto examined = examine(gate, file, last);
  while (!examined && may_be_torn(examined.error()) && clock.steady() < until) {
    std::this_thread::sleep_for(kStep);
    examined = examine(gate, file, last);
  }
  if (!examined) return refused(file, examined.error());
  if (!problem.empty()) {
    warnings.texts.push_back(problem + ": " + std::string(signing::info(Reason::state_corrupt).what_to_do));
  }
  return VerifiedConfig{std::move(*examined), std::move(warnings.texts)};
}

}  // namespace signet::app
