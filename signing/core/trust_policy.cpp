#include "signing/core/trust_policy.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace signet::signing {
namespace {

std::unexpected<Error> bad(std::string message) {
  return fail(ErrorCode::INVALID_CONFIGURATION, std::move(message));
}

Result<void> check_keys(const std::vector<VerificationKey>& keys) {
  if (keys.size() > kTrustKeysMax) {
    return bad(fmt::format("trust.keys has {} keys; at most {} are allowed", keys.size(), kTrustKeysMax));
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    const VerificationKey& key = keys[i];
    if (!is_plain_name(key.kid)) {
      return bad("trust.keys: a kid has 1 to 128 letters, digits, dots, underscores and hyphens");
    }
    if (key.kid == kWebhookSigner) return bad("trust.keys: the kid webhook is reserved for answers of the webhook");
    const auto* secret = std::get_if<crypto::SecretBytes>(&key.material);
    if (secret != nullptr && secret->size() < kHmacKeyBytesMin) {
      return bad(fmt::format("trust.keys: the secret of {} has {} bytes; at least {} are needed", key.kid,
                             secret->size(), kHmacKeyBytesMin));
    }
    for (size_t k = 0; k < i; ++k) {
      if (keys[k].kid == key.kid) return bad(fmt::format("trust.keys: the kid {} stands there twice", key.kid));
      if (keys[k].same_material(key)) {
        return bad(fmt::format("trust.keys: {} and {} are the same key; give each its own", keys[k].kid, key.kid));
      }
    }
  }
  return {};
}

}  // namespace

Result<void> TrustPolicy::validate(bool online_approval) const {
  if (!is_plain_name(graph) || !is_plain_name(environment)) {
    return bad("graph.name and graph.environment have 1 to 128 letters, digits, dots, underscores and hyphens");
  }
  if (auto good = check_keys(keys); !good) return good;
  if (required_roles.size() > kRequiredRolesMax) {
    return bad(fmt::format("trust.required_roles names {} roles; at most {} are allowed", required_roles.size(),
                           kRequiredRolesMax));
  }
  for (Role role : {Role::release, Role::approve}) {
    const size_t needed = required(role);
    if (needed == 0) return bad(fmt::format("trust.required_roles must name {} at least once", to_text(role)));
    size_t there = role == Role::approve && online_approval ? 1 : 0;
    for (const VerificationKey& key : keys) there += key.role == role && !is_revoked(key.kid) ? 1 : 0;
    if (there < needed) {
      return bad(fmt::format("trust.required_roles asks for {} {} keys and trust.keys has {}; add a key{}", needed,
                             to_text(role), there,
                             role == Role::approve ? " with role approve or set admission.url" : ""));
    }
  }
  const bool hmac_release = std::ranges::any_of(keys, [&](const VerificationKey& key) {
    return key.role == Role::release && key.algorithm() == Algorithm::hs256 && !is_revoked(key.kid);
  });
  if (!hmac_release) return bad("trust.keys needs an HS256 key with role release; make one with signet keygen");
  return {};
}

const VerificationKey* TrustPolicy::find(std::string_view kid) const {
  const auto found = std::ranges::find(keys, kid, &VerificationKey::kid);
  return found == keys.end() ? nullptr : &*found;
}

bool TrustPolicy::is_revoked(std::string_view kid) const {
  return std::ranges::find(revoked, kid) != revoked.end();
}

size_t TrustPolicy::required(Role role) const {
  return static_cast<size_t>(std::ranges::count(required_roles, role));
}

}  // namespace signet::signing
