#include "config-schema/posture.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/json/writer.hpp"

namespace signet::config {
namespace {

constexpr std::string_view kUnsafePrefix = "unsafe_";

size_t count_keys(const Trust& trust, KeyAlgorithm algorithm, KeyRole role) {
  return static_cast<size_t>(std::ranges::count_if(trust.keys, [&](const TrustKey& key) {
    const bool revoked = std::ranges::find(trust.revoked, key.kid) != trust.revoked.end();
    return !revoked && key.algorithm == algorithm && key.role == role && key.format == KeyFormat::statement;
  }));
}

size_t required(const Trust& trust, KeyRole role) {
  return static_cast<size_t>(std::ranges::count(trust.required_roles, role));
}

/// True when what routers hold is enough to sign: no role needs an Ed25519 key. A webhook's answer is no signature of a
/// publisher, so that it takes the place of an approval only where there is no key for one.
bool hmac_is_enough(const Trust& trust) {
  const bool statements =
      std::ranges::any_of(trust.keys, [](const TrustKey& key) { return key.format == KeyFormat::statement; });
  if (!statements) return false;  // development: the keys are made in memory; and unsafe_compat is told by itself
  for (const KeyRole role : {KeyRole::release, KeyRole::approve}) {
    const bool other_key = count_keys(trust, KeyAlgorithm::ed25519, role) > 0;
    if (other_key && count_keys(trust, KeyAlgorithm::hs256, role) < required(trust, role)) return false;
  }
  return true;
}

// The last name of a key's path: `admission.unsafe_audit_only`.
bool is_unsafe(const Origin& origin) {
  const std::string_view path = origin.path;
  return path.substr(path.find_last_of('.') + 1).starts_with(kUnsafePrefix);
}

bool in_use(const Origin& origin) {
  return origin.value != origin.default_value && origin.value != "false" && origin.value != "null";
}

Weakness weakness_at(const Origin& origin, std::string code, std::string message) {
  return {.code = std::move(code),
          .path = origin.path,
          .file = origin.file,
          .line = origin.line,
          .message = std::move(message)};
}

}  // namespace

std::vector<Weakness> posture(const Loaded& loaded) {
  std::vector<Weakness> out;
  for (const Origin& origin : loaded.origins) {
    if (origin.path == "trust.keys" && hmac_is_enough(loaded.config.trust)) {
      out.push_back(weakness_at(origin, "hmac_alone",
                                "HMAC alone is weak: whoever can verify can sign, so that every router, or whoever "
                                "reads its keys, could sign a graph for all the others. Require an approval by an "
                                "Ed25519 key, of which routers hold the public half: signet keygen ed25519, then "
                                "{ role: approve, alg: Ed25519, public_key_file: … }"));
    }
    if (is_unsafe(origin) && in_use(origin)) {
      out.push_back(
          weakness_at(origin, "unsafe_key",
                      fmt::format("{} is in use: {} Remove it for the safe default", origin.path, origin.description)));
    }
  }
  return out;
}

std::string render_posture(const std::vector<Weakness>& weaknesses) {
  if (weaknesses.empty()) return "posture: nothing is weaker than it could be\n";
  std::string out;
  for (const Weakness& weakness : weaknesses) {
    if (weakness.line > 0) out += fmt::format("{}:{}: ", weakness.file, weakness.line);
    out += fmt::format("weak: {}: {}\n", weakness.path, weakness.message);
  }
  return out;
}

std::string render_posture_json(const std::vector<Weakness>& weaknesses) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("weak").value(!weaknesses.empty()).key("weaknesses").begin_array();
  for (const Weakness& weakness : weaknesses) {
    writer.begin_object().key("code").value(weakness.code).key("path").value(weakness.path);
    writer.key("file").value(weakness.file).key("line").value(weakness.line);
    writer.key("message").value(weakness.message).end_object();
  }
  writer.end_array().end_object();
  return out + "\n";
}

}  // namespace signet::config
