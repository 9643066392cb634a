// Approving at publish time: the offline way to a verdict, for `signet admission approve`, `explain` and CI.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "signing/admission/policy.hpp"
#include "signing/core/jws.hpp"
#include "signing/core/refusal.hpp"

namespace signet::admission {

struct VerifiedStatement {
  signing::Jws jws;
  signing::Statement statement;
  std::vector<signing::Signer> signers;
};

/// The release signatures, kind of graph and validity of a statement, by the admission server's own keys. Approvals are
/// counted, not demanded.
signing::Verification<VerifiedStatement> verify_for_review(std::string_view jws, const AdmissionGraph& graph,
                                                           WallTime now);

/// What somebody holds in hand, to be approved or explained.
struct OfflineCase {
  std::string_view jws;
  std::string_view artifact;
  const std::string* previous = nullptr;  ///< the artifact that it replaces; null: not given
};

struct OfflineReview {
  std::optional<VerifiedStatement> verified;
  std::optional<signing::Refusal> refusal;  ///< of the statement; then nothing else is judged
  PolicyVerdict verdict;                    ///< every rule, the statement's signatures first and the time last
};

OfflineReview review_offline(const OfflineCase& about, const AdmissionGraph& graph, WallTime now);

/// The statement with `key`'s approval added, when statement, artifact and policy are in order.
/// Errors: the gate's reasons; admission_denied with the policy's message.
signing::Verification<std::string> approve_offline(const OfflineCase& about, const AdmissionGraph& graph,
                                                   const signing::SigningKey& key, WallTime now);

}  // namespace signet::admission
