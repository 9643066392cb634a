// A small world of keys, graphs and gates for tests of signing rooms.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "signing/core/gate.hpp"
#include "signing/core/serial.hpp"
#include "signing/core/verdict.hpp"
#include "tests/support/manual_clock.hpp"

namespace signet::signing::testing_support {

inline constexpr std::string_view kSupergraph = R"(
schema { query: Query }
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
enum join__Graph {
  PRODUCTS @join__graph(name: "products", url: "https://products.shop.internal/graphql")
  PAY @join__graph(name: "pay", url: "https://pay.example:8443/graphql")
}
type Query { hello: String }
)";

inline crypto::SecretBytes secret_of(std::string_view seed) {
  const crypto::Sha256 digest = crypto::sha256(seed);
  return crypto::SecretBytes(digest);
}

struct Recorder final : GateEvents {
  struct Seen {
    GateEventKind kind;
    uint64_t serial;
    std::string sha256, detail;
    std::optional<Reason> reason;
    std::optional<Alarm> alarm;
  };
  void on_gate(const GateEvent& event) override {
    seen.push_back(
        {event.kind, event.serial, std::string(event.sha256), std::string(event.detail), event.reason, event.alarm});
  }
  bool saw(Alarm alarm) const {
    for (const Seen& event : seen) {
      if (event.alarm == alarm) return true;
    }
    return false;
  }
  std::vector<Seen> seen;
};

/// Release by HMAC, approve by Ed25519; the webhook, where there is one, shares a secret too.
struct World {
  signet::testing_support::ManualClock clock{WallTime(std::chrono::seconds(1'795'600'000))};
  Recorder events;
  SigningKey release{"2026-11", secret_of("release")};
  SigningKey approve{"approver", crypto::Ed25519PrivateKey::generate()};
  crypto::SecretBytes webhook_secret = secret_of("webhook");
  GatePolicy policy = make_policy();
  GateState state;

  GatePolicy make_policy() const {
    GatePolicy out;
    out.trust.graph = "shop";
    out.trust.environment = "production";
    out.trust.keys = {release.verification_key(Role::release), approve.verification_key(Role::approve)};
    out.egress = http::EgressPolicy::parse({"https://*.shop.internal", "https://pay.example:8443"}).value();
    return out;
  }

  Statement statement(std::string_view artifact, uint64_t last_serial = 0) const {
    return make_statement({.artifact = ArtifactKind::graph,
                           .graph = "shop",
                           .environment = "production",
                           .artifact_bytes = artifact,
                           .previous = {},
                           .last_serial = last_serial},
                          clock.wall())
        .value();
  }

  std::string sign(const Statement& about, bool approved = true) const {
    Jws jws = make_jws(print_statement(about), release);
    if (approved) (void)add_signature(jws, approve);
    return print_jws(jws);
  }

  Candidate candidate(std::string_view artifact, uint64_t last_serial = 0, bool approved = true) const {
    Candidate out;
    out.statement = sign(statement(artifact, last_serial), approved);
    out.artifact = std::make_shared<const std::string>(artifact);
    return out;
  }

  Examination examine(const Candidate& candidate) { return Gate(policy, clock, events).examine(candidate, state); }

  /// Examines, and when accepted moves the floor as router/app does after the swap.
  std::string apply(const Candidate& candidate) {
    const Examination result = examine(candidate);
    if (const auto* good = std::get_if<Verified<Artifact>>(&result)) {
      applied((*good)->statement);
      return "accepted";
    }
    return verdict_of(result);
  }

  void applied(const Statement& about) {
    state = {.highest_serial = about.serial, .highest_sha256 = about.sha256, .running_sha256 = about.sha256};
  }

  static std::string verdict_of(const Examination& result) {
    if (std::holds_alternative<Verified<Artifact>>(result)) return "accepted";
    if (std::holds_alternative<PendingReview>(result)) return "pending";
    if (std::holds_alternative<NoChange>(result)) return "no_change";
    return std::string(info(std::get<Refusal>(result).reason).code);
  }
  static std::string verdict_of(const Admission& result) {
    if (std::holds_alternative<Verified<Artifact>>(result)) return "accepted";
    return std::string(info(std::get<Refusal>(result).reason).code);
  }
};

}  // namespace signet::signing::testing_support
