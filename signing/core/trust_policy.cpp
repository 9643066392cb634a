#include "signing/core/trust_policy.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/limits.hpp"

namespace signet::signing {
namespace {

std::unexpected<Error> bad(std::string message) {
  return fail(ErrorCode::INVALID_CONFIGURATION, std::move(message));
}

Result<void> check_key(std::string_view kid, const crypto::SecretBytes* secret) {
  if (!is_plain_name(kid)) return bad("trust.keys: a kid has 1 to 128 letters, digits, dots, underscores and hyphens");
  if (kid == kWebhookSigner) return bad("trust.keys: the kid webhook is reserved for answers of the webhook");
  if (secret == nullptr || secret->size() >= kHmacKeyBytesMin) return {};
  return bad(fmt::format("trust.keys: the secret of {} has {} bytes; at least {} are needed", kid, secret->size(),
                         kHmacKeyBytesMin));
}

Result<void> check_apart(std::string_view kid, std::string_view other, bool same_material) {
  if (kid == other) return bad(fmt::format("trust.keys: the kid {} stands there twice", kid));
  if (!same_material) return {};
  return bad(fmt::format("trust.keys: {} and {} are the same key; give each its own", other, kid));
}

Result<void> check_keys(const std::vector<VerificationKey>& keys) {
  if (keys.size() > kTrustKeysMax) {
    return bad(fmt::format("trust.keys has {} keys; at most {} are allowed", keys.size(), kTrustKeysMax));
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    const VerificationKey& key = keys[i];
    if (auto good = check_key(key.kid, std::get_if<crypto::SecretBytes>(&key.material)); !good) return good;
    for (size_t k = 0; k < i; ++k) {
      if (auto good = check_apart(key.kid, keys[k].kid, keys[k].same_material(key)); !good) return good;
    }
  }
  return {};
}

Result<void> check_cosmo_keys(const std::vector<CosmoKey>& cosmo_keys, const std::vector<VerificationKey>& keys) {
  if (cosmo_keys.size() > limits::kCosmoKeysMax) {
    return bad(fmt::format("trust.keys has {} keys of format cosmo; at most {} are allowed", cosmo_keys.size(),
                           limits::kCosmoKeysMax));
  }
  for (size_t i = 0; i < cosmo_keys.size(); ++i) {
    const CosmoKey& key = cosmo_keys[i];
    if (auto good = check_key(key.kid, &key.secret); !good) return good;
    for (const VerificationKey& other : keys) {
      if (auto good = check_apart(key.kid, other.kid, key.same_secret(other)); !good) return good;
    }
    for (size_t k = 0; k < i; ++k) {
      const bool same = crypto::constant_time_equal(cosmo_keys[k].secret.view(), key.secret.view());
      if (auto good = check_apart(key.kid, cosmo_keys[k].kid, same); !good) return good;
    }
  }
  return {};
}

// Whether enough signatures of statements can be found.
Result<void> check_statement_keys(const TrustPolicy& trust, bool online_approval) {
  for (Role role : {Role::release, Role::approve}) {
    const size_t needed = trust.required(role);
    if (needed == 0) return bad(fmt::format("trust.required_roles must name {} at least once", to_text(role)));
    size_t there = role == Role::approve && online_approval ? 1 : 0;
    for (const VerificationKey& key : trust.keys) there += key.role == role && !trust.is_revoked(key.kid) ? 1 : 0;
    if (there < needed) {
      return bad(fmt::format("trust.required_roles asks for {} {} keys and trust.keys has {}; add a key{}", needed,
                             to_text(role), there,
                             role == Role::approve ? " with role approve or set admission.url" : ""));
    }
  }
  const bool hmac_release = std::ranges::any_of(trust.keys, [&](const VerificationKey& key) {
    return key.role == Role::release && key.algorithm() == Algorithm::hs256 && !trust.is_revoked(key.kid);
  });
  if (!hmac_release) return bad("trust.keys needs an HS256 key with role release; make one with signet keygen");
  return {};
}

}  // namespace

Result<void> TrustPolicy::validate(bool online_approval) const {
  if (!is_plain_name(graph) || !is_plain_name(environment)) {
    return bad("graph.name and graph.environment have 1 to 128 letters, digits, dots, underscores and hyphens");
  }
  if (auto good = check_keys(keys); !good) return good;
  if (auto good = check_cosmo_keys(cosmo_keys, keys); !good) return good;
  if (required_roles.size() > kRequiredRolesMax) {
    return bad(fmt::format("trust.required_roles names {} roles; at most {} are allowed", required_roles.size(),
                           kRequiredRolesMax));
  }
  const auto counts = [&](const CosmoKey& key) { return !is_revoked(key.kid); };
  if (!cosmo_keys.empty() && std::ranges::none_of(cosmo_keys, counts)) {
    return bad(
        "trust.revoked names every key of format cosmo; add the one that Cosmo's admission server signs with now");
  }
  return statements ? check_statement_keys(*this, online_approval) : Result<void>();
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
