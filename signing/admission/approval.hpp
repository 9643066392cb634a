// Approving at publish time: the offline way to a verdict, for `signet admission approve` and CI.
#pragma once

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

/// The statement with `key`'s approval added, when statement, artifact and policy are in order.
/// Errors: the gate's reasons; admission_denied with the policy's message.
signing::Verification<std::string> approve_offline(std::string_view jws, std::string_view artifact,
                                                   const AdmissionGraph& graph, const signing::SigningKey& key,
                                                   WallTime now);

}  // namespace signet::admission
