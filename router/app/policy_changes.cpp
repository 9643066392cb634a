#include "router/app/policy_changes.hpp"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

#include "router/crypto/crypto.hpp"

namespace signet::app {

using signing::AuditAttributes;
using signing::TrustPolicy;
using signing::VerificationKey;

namespace {

std::vector<std::string> kids_of(const TrustPolicy& trust) {
  std::vector<std::string> kids;
  for (const VerificationKey& key : trust.keys) kids.push_back(key.kid);
  for (const signing::CosmoKey& key : trust.cosmo_keys) kids.push_back(key.kid);
  return kids;
}

std::vector<std::string> without(const std::vector<std::string>& all, const std::vector<std::string>& those) {
  std::vector<std::string> rest;
  for (const std::string& kid : all) {
    if (std::ranges::find(those, kid) == those.end()) rest.push_back(kid);
  }
  return rest;
}

std::string join(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ","));
}

AuditAttributes policy_of(const PolicyInForce& policy) {
  std::vector<std::string> roles;
  for (const signing::Role role : policy.trust.required_roles) roles.emplace_back(signing::to_text(role));
  AuditAttributes out{{"allow_sha256", allow_digest(policy.allow)},
                      {"operations_mode", policy.operations_mode},
                      {"required_roles", join(roles)},
                      {"min_serial", std::to_string(policy.trust.min_serial)}};
  if (!policy.trust.cosmo_keys.empty()) out.emplace_back("unsafe_compat", "cosmo");
  return out;
}

}  // namespace

PolicyInForce policy_in_force(const config::Config& config, const TrustPolicy& trust) {
  constexpr auto kModes = std::to_array<std::string_view>({"off", "safelist", "ids_only"});
  return {.trust = trust,
          .allow = config.subgraphs.allow,
          .operations_mode = std::string(kModes.at(static_cast<size_t>(config.operations.mode)))};
}

std::string allow_digest(const std::vector<std::string>& allow) {
  std::string text;
  for (const std::string& entry : allow) text += entry + '\n';
  return crypto::sha256_hex(text);
}

AuditAttributes describe_policy(const PolicyInForce& policy) {
  AuditAttributes out = policy_of(policy);
  out.emplace_back("keys", join(kids_of(policy.trust)));
  out.emplace_back("revoked", join(policy.trust.revoked));
  return out;
}

AuditAttributes key_changes(const TrustPolicy& before, const TrustPolicy& after) {
  std::vector<std::string> replaced;
  for (const VerificationKey& key : after.keys) {
    const VerificationKey* old = before.find(key.kid);
    if (old != nullptr && !(old->same_material(key) && old->role == key.role)) replaced.push_back(key.kid);
  }
  for (const signing::CosmoKey& key : after.cosmo_keys) {
    const auto old = std::ranges::find(before.cosmo_keys, key.kid, &signing::CosmoKey::kid);
    if (old == before.cosmo_keys.end() || crypto::constant_time_equal(old->secret.view(), key.secret.view())) continue;
    replaced.push_back(key.kid);
  }
  AuditAttributes out;
  const auto add = [&](std::string name, const std::vector<std::string>& kids) {
    if (!kids.empty()) out.emplace_back(std::move(name), join(kids));
  };
  add("added", without(kids_of(after), kids_of(before)));
  add("removed", without(kids_of(before), kids_of(after)));
  add("replaced", replaced);
  add("revoked", without(after.revoked, before.revoked));
  add("restored", without(before.revoked, after.revoked));
  return out;
}

AuditAttributes policy_changes(const PolicyInForce& before, const PolicyInForce& after) {
  const AuditAttributes old = policy_of(before), now = policy_of(after);
  AuditAttributes out;
  std::ranges::copy_if(now, std::back_inserter(out),
                       [&](const auto& each) { return std::ranges::find(old, each) == old.end(); });
  return out;
}

}  // namespace signet::app
