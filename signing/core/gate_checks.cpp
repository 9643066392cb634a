#include "signing/core/gate_checks.hpp"

#include <array>
#include <fmt/format.h>

#include "router/base/limits.hpp"
#include "router/base/units.hpp"
#include "router/base/utf8.hpp"
#include "router/crypto/crypto.hpp"
#include "router/http/gzip.hpp"
#include "router/json/document.hpp"
#include "signing/core/serial.hpp"
#include "signing/core/subgraph_urls.hpp"

namespace signet::signing {
namespace {

constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
constexpr std::chrono::seconds kAheadMax{kFastForwardSecondsMax};

// Past expiry: refused when new; what serves already has its grace.
Verification<> check_expiry(const Statement& statement, const TrustPolicy& trust, bool admitted_before, WallTime now,
                            std::vector<Alarm>& alarms) {
  if (now < statement.expires) return {};
  const std::string when = fmt::format("it expired at {}", format_timestamp(statement.expires));
  if (!admitted_before) return refuse(Reason::expired, when);
  if (trust.stale_grace && now - statement.expires > *trust.stale_grace) {
    return refuse(Reason::expired, when + ", longer ago than trust.stale_grace");
  }
  alarms.push_back(Alarm::expired);
  return {};
}

Verification<> check_ahead(const Statement& statement, bool admitted_before, WallTime now, std::vector<Alarm>& alarms) {
  const bool serial_ahead = statement.serial > unix_seconds(now + kAheadMax);
  if (!serial_ahead && statement.issued <= now + kAheadMax) return {};
  if (admitted_before) {
    alarms.push_back(Alarm::clock);
    return {};
  }
  return refuse(Reason::fast_forward,
                fmt::format("serial {}, issued {}; this clock says {} ({})", statement.serial,
                            format_timestamp(statement.issued), unix_seconds(now), format_timestamp(now)));
}

}  // namespace

namespace {

struct AlarmText {
  std::string_view name, what_to_do;
};

constexpr std::array<AlarmText, kAlarms> kAlarmTexts{{
    {"first_use",
     "keep graph.state_dir, or, where statements are signed, set trust.min_serial, if an older artifact must not come "
     "back"},
    {"expired", "sign the artifact again: it serves on past its expiry for trust.stale_grace"},
    {"key_past_validity", "sign the artifact again with a current key"},
    {"clock", "compare this machine's clock with the publisher's"},
    {"unapproved", "approve the artifact, and remove the unsafe_ key from admission"},
    {"key_revoked", "sign the artifact again with a key that is not in trust.revoked"},
    {"untrusted", "sign the artifact again with listed keys: a restart would refuse it"},
    {"unconfirmed", "see the last refusal; check graph.source and the network: newer artifacts do not arrive"},
    {"state_lost", "keep graph.state_dir across restarts: without it an older artifact could come back"},
}};

}  // namespace

std::string_view to_text(Alarm alarm) {
  return kAlarmTexts.at(static_cast<size_t>(alarm)).name;
}

std::string_view what_to_do(Alarm alarm) {
  return kAlarmTexts.at(static_cast<size_t>(alarm)).what_to_do;
}

Verification<> check_floor(const Statement& statement, const GateState& state, const TrustPolicy& trust) {
  if (statement.serial < trust.min_serial) {
    return refuse(Reason::below_min_serial,
                  fmt::format("serial {} is below trust.min_serial {}", statement.serial, trust.min_serial));
  }
  if (statement.serial < state.highest_serial) {
    return refuse(Reason::rollback,
                  fmt::format("serial {} is below {}, which was applied", statement.serial, state.highest_serial));
  }
  const bool same_serial = statement.serial == state.highest_serial && !state.highest_sha256.empty();
  if (same_serial && statement.sha256 != state.highest_sha256) {
    return refuse(Reason::serial_conflict, fmt::format("serial {} was applied with artifact {}, and now names {}",
                                                       statement.serial, state.highest_sha256, statement.sha256));
  }
  return {};
}

bool is_running(const Statement& statement, const GateState& state) {
  return statement.serial == state.highest_serial && !state.running_sha256.empty() &&
         statement.sha256 == state.running_sha256 && state.running_sha256 == state.highest_sha256;
}

Verification<Freshness> check_freshness(const Statement& statement, const GateState& state, const TrustPolicy& trust,
                                        SourceKind source, WallTime now) {
  if (auto good = check_floor(statement, state, trust); !good) return std::unexpected(std::move(good).error());
  Freshness freshness;
  freshness.no_change = is_running(statement, state);
  const bool admitted_before = freshness.no_change || source == SourceKind::last_good;
  if (auto good = check_ahead(statement, admitted_before, now, freshness.alarms); !good) {
    return std::unexpected(std::move(good).error());
  }
  if (auto good = check_expiry(statement, trust, admitted_before, now, freshness.alarms); !good) {
    return std::unexpected(std::move(good).error());
  }
  if (state.highest_serial == 0 && trust.min_serial == 0) freshness.alarms.push_back(Alarm::first_use);
  return freshness;
}

Verification<> check_digest(const Statement& statement, std::string_view stored) {
  if (stored.size() != statement.size) {
    return refuse(Reason::size_mismatch,
                  fmt::format("the artifact has {} bytes; the statement says {}", stored.size(), statement.size));
  }
  const std::string digest = crypto::sha256_hex(stored);
  if (!crypto::constant_time_equal(as_bytes(digest), as_bytes(statement.sha256))) {
    return refuse(Reason::digest_mismatch,
                  fmt::format("the artifact's digest is {}; the statement says {}", digest, statement.sha256));
  }
  return {};
}

Verification<std::shared_ptr<const std::string>> unpack(const std::shared_ptr<const std::string>& stored) {
  if (stored->starts_with(kZstdMagic)) return refuse(Reason::compression, "it is compressed with zstd; use gzip");
  if (!stored->starts_with(kGzipMagic)) return stored;
  auto text = http::gzip_decode(*stored, {.output_bytes_max = limits::kArtifactBytesMax});
  if (!text) return refuse(Reason::compression, std::string(http::to_text(text.error())));
  if (text->starts_with(kGzipMagic)) return refuse(Reason::compression, "it is compressed twice");
  return std::make_shared<const std::string>(std::move(*text));
}

Verification<std::vector<Subgraph>> check_content(ArtifactKind kind, const std::string& text,
                                                  const http::EgressPolicy& egress) {
  if (text.starts_with("\xEF\xBB\xBF")) return refuse(Reason::format, "it starts with a byte-order mark");
  if (text.find('\0') != std::string::npos) return refuse(Reason::format, "it contains a NUL byte");
  if (!is_utf8(text)) return refuse(Reason::format, "it is not valid UTF-8");
  if (kind == ArtifactKind::operations) {
    const auto document = json::Document::parse(text);
    if (!document) return refuse(Reason::format, "it is not JSON: " + document.error().message);
    return {};
  }
  if (kind == ArtifactKind::router) return {};  // its URLs are checked by config-schema's reader, which knows the keys
  auto subgraphs = subgraph_urls(text);
  if (!subgraphs) return refuse(Reason::format, printable(subgraphs.error()));
  for (const Subgraph& subgraph : *subgraphs) {
    for (const std::string* address : {&subgraph.url, &subgraph.subscription_url}) {
      if (address == &subgraph.subscription_url && address->empty()) continue;
      const auto url = http::parse_url(*address);
      const auto allowed = url ? egress.check_url(*url) : std::unexpected(url.error());
      if (allowed) continue;
      return refuse(Reason::egress, fmt::format("subgraph {} at \"{}\": {}", printable(subgraph.name, 64),
                                                printable(*address), printable(allowed.error())));
    }
  }
  return std::move(*subgraphs);
}

}  // namespace signet::signing
