#include "signing/core/signature_check.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace signet::signing {
namespace {

bool has_hmac_release(const std::vector<Signer>& signers, const TrustPolicy& trust) {
  return std::ranges::any_of(signers, [&](const Signer& signer) {
    const VerificationKey* key = trust.find(signer.kid);
    return signer.role == Role::release && key != nullptr && key->algorithm() == Algorithm::hs256;
  });
}

size_t count(const std::vector<Signer>& signers, Role role) {
  return static_cast<size_t>(std::ranges::count(signers, role, &Signer::role));
}

/// What was seen beside signatures that count; decides the reason when they are not enough.
struct Shortfall {
  std::string revoked, not_valid;

  std::unexpected<Refusal> refusal(const SignatureCheck& check, std::string_view what) const {
    if (!revoked.empty()) return refuse(Reason::key_revoked, fmt::format("{}; {} is revoked", what, revoked));
    if (!not_valid.empty()) {
      return refuse(Reason::key_not_valid, fmt::format("{}; {} is outside its validity", what, not_valid));
    }
    if (check.signers.empty()) return refuse(Reason::key_unknown, "no signature is by a listed key");
    return refuse(Reason::roles_missing, std::string(what));
  }
};

}  // namespace

Verification<SignatureCheck> check_signatures(const Jws& jws, const TrustPolicy& trust,
                                              const SignatureOptions& options) {
  SignatureCheck check;
  Shortfall shortfall;
  std::string wrong;
  for (const JwsSignature& signature : jws.signatures) {  // all of them, whatever the first ones say
    const VerificationKey* key = trust.find(signature.kid);
    if (key == nullptr) continue;
    if (!signature.verify(jws.payload_text, *key)) {
      wrong = signature.kid;
      continue;
    }
    if (trust.is_revoked(key->kid)) {
      shortfall.revoked = key->kid;
      continue;
    }
    if (!key->valid_at(options.now)) {
      const bool only_too_old = !key->not_before || options.now >= *key->not_before;
      if (!options.lenient_time || !only_too_old) {
        shortfall.not_valid = key->kid;
        continue;
      }
      check.past_key_validity = true;
    }
    check.signers.push_back({key->kid, key->role});
  }
  if (!wrong.empty()) return refuse(Reason::signature, fmt::format("the signature by {} does not verify", wrong));
  if (!has_hmac_release(check.signers, trust)) {
    return shortfall.refusal(check, "no HS256 release signature counts");
  }
  const size_t releases = count(check.signers, Role::release), approvals = count(check.signers, Role::approve);
  if (releases < trust.required(Role::release)) {
    return shortfall.refusal(check,
                             fmt::format("{} of {} release signatures", releases, trust.required(Role::release)));
  }
  const size_t needed = trust.required(Role::approve);
  check.approvals_missing = needed > approvals ? needed - approvals : 0;
  if (check.approvals_missing > 0 && !(shortfall.revoked.empty() && shortfall.not_valid.empty())) {
    check.why_missing = shortfall.refusal(check, fmt::format("{} of {} approve signatures", approvals, needed)).error();
  }
  return check;
}

Verification<> check_context(const Statement& statement, ArtifactKind kind, const TrustPolicy& trust) {
  if (statement.artifact != kind) {
    return refuse(Reason::wrong_kind,
                  fmt::format("it is about kind {}, not {}", to_text(statement.artifact), to_text(kind)));
  }
  if (statement.graph != trust.graph) {
    return refuse(Reason::wrong_graph, fmt::format("it is about graph {}, not {}", statement.graph, trust.graph));
  }
  if (statement.environment != trust.environment) {
    return refuse(Reason::wrong_environment,
                  fmt::format("it is about environment {}, not {}", statement.environment, trust.environment));
  }
  return {};
}

}  // namespace signet::signing
