#include "signing/core/body_check.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace signet::signing {

Verification<SignatureCheck> check_body(const BodySignature& signature, std::string_view body, const TrustPolicy& trust,
                                        const SignatureOptions& options) {
  if (signature.values.empty())
    return refuse(Reason::unsigned_body, fmt::format("there is no {}", kBodySignatureField));
  const CosmoKey* key = find_signer(signature, body, trust.cosmo_keys);
  if (key == nullptr) {
    return refuse(Reason::signature,
                  signature.values.size() > 1
                      ? fmt::format("there are {} fields {}", signature.values.size(), kBodySignatureField)
                      : fmt::format("{} is not the base64 of the body's HMAC-SHA256 under a key of format cosmo",
                                    kBodySignatureField));
  }
  if (trust.is_revoked(key->kid)) return refuse(Reason::key_revoked, fmt::format("{} is revoked", key->kid));
  SignatureCheck check;
  if (!key->valid_at(options.now)) {
    const bool only_too_old = !key->not_before || options.now >= *key->not_before;
    if (!options.lenient_time || !only_too_old) {
      return refuse(Reason::key_not_valid, fmt::format("{} is outside its validity", key->kid));
    }
    check.past_key_validity = true;
  }
  check.signers.push_back({key->kid, Role::release});
  return check;
}

Statement make_body_statement(const TrustPolicy& trust, std::string_view body, const GateState& state, WallTime now) {
  Statement statement{.artifact = ArtifactKind::graph,
                      .graph = trust.graph,
                      .environment = trust.environment,
                      .serial = state.highest_serial,
                      .previous = {},
                      .issued = std::chrono::floor<std::chrono::seconds>(now),
                      .expires = kNoExpiry,
                      .size = body.size(),
                      .sha256 = crypto::sha256_hex(body)};
  if (statement.sha256 != state.highest_sha256 || statement.serial == 0) {
    statement.serial = std::max(state.highest_serial + 1, unix_seconds(now));
    statement.previous = state.highest_sha256;
  } else if (state.highest_issued != WallTime{}) {
    statement.issued = state.highest_issued;
  }
  return statement;
}

Verification<Freshness> check_body_freshness(const Statement& statement, const GateState& state,
                                             const TrustPolicy& trust) {
  const bool last = statement.sha256 == state.highest_sha256;
  if (!last && std::ranges::find(state.replaced, statement.sha256) != state.replaced.end()) {
    return refuse(Reason::rollback,
                  fmt::format("body {} was replaced by a newer one; what serves is {}", statement.sha256,
                              state.running_sha256.empty() ? "nothing" : state.running_sha256));
  }
  if (auto good = check_floor(statement, state, trust); !good) return std::unexpected(std::move(good).error());
  Freshness freshness{.no_change = is_running(statement, state), .alarms = {}};
  if (state.highest_serial == 0) freshness.alarms.push_back(Alarm::first_use);
  return freshness;
}

}  // namespace signet::signing
