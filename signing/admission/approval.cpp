#include "signing/admission/approval.hpp"

#include <fmt/format.h>

#include "router/base/units.hpp"
#include "signing/core/gate_checks.hpp"
#include "signing/core/signature_check.hpp"

namespace signet::admission {

using signing::Reason;

signing::Verification<VerifiedStatement> verify_for_review(std::string_view text, const AdmissionGraph& graph,
                                                           WallTime now) {
  auto jws = signing::parse_jws(text);
  if (!jws) return signing::refuse(Reason::statement_malformed, std::move(jws).error());
  auto check = signing::check_signatures(*jws, graph.trust, {.now = now});
  if (!check) return std::unexpected(std::move(check).error());
  auto statement = signing::parse_statement(jws->payload);
  if (!statement) return signing::refuse(Reason::statement_malformed, std::move(statement).error());
  if (auto good = signing::check_context(*statement, statement->artifact, graph.trust); !good) {
    return std::unexpected(std::move(good).error());
  }
  auto fresh = signing::check_freshness(*statement, {}, graph.trust, signing::SourceKind::cdn, now);
  if (!fresh) return std::unexpected(std::move(fresh).error());
  return VerifiedStatement{std::move(*jws), std::move(*statement), std::move(check->signers)};
}

signing::Verification<std::string> approve_offline(std::string_view jws, std::string_view artifact,
                                                   const AdmissionGraph& graph, const signing::SigningKey& key,
                                                   WallTime now) {
  const signing::VerificationKey* trusted = graph.trust.find(key.kid);
  if (trusted == nullptr || trusted->role != signing::Role::approve ||
      !trusted->same_material(key.verification_key(signing::Role::approve))) {
    return signing::refuse(Reason::key_unknown,
                           fmt::format("{} is not an approve key of this graph; routers would not count it", key.kid));
  }
  auto verified = verify_for_review(jws, graph, now);
  if (!verified) return std::unexpected(std::move(verified).error());
  if (auto good = signing::check_digest(verified->statement, artifact); !good) {
    return std::unexpected(std::move(good).error());
  }
  const auto text = signing::unpack(std::make_shared<const std::string>(artifact));
  if (!text) return std::unexpected(text.error());
  auto subgraphs = signing::check_content(verified->statement.artifact, **text, graph.policy.allowed);
  if (!subgraphs) return std::unexpected(std::move(subgraphs).error());
  const PolicyVerdict verdict = judge(graph.policy, *subgraphs, verified->signers);
  if (!verdict.allowed) return signing::refuse(Reason::admission_denied, verdict.message);
  if (auto added = signing::add_signature(verified->jws, key); !added) {
    return signing::refuse(Reason::statement_malformed, std::move(added).error());
  }
  return signing::print_jws(verified->jws);
}

}  // namespace signet::admission
