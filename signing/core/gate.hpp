// The gate: steps 2 to 5 of config-trust for every artifact from every source, as a state machine without I/O.
//
//   wanted()   statement            → which artifact to fetch, or no change, or refusal
//              (none for what Cosmo's CDN delivers under trust.unsafe_compat: it comes with a signature of its bytes)
//   examine()  statement + artifact → Verified<Artifact>, or PendingReview (ask the webhook), or no change, or refusal
//   admit()    PendingReview + answer → Verified<Artifact> or refusal
//
// Who may call: router/app's reload, and the command line (check, inspect). Fetching, building and swapping are theirs.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "router/base/clock.hpp"
#include "router/http/egress.hpp"
#include "signing/core/artifact.hpp"
#include "signing/core/gate_checks.hpp"
#include "signing/core/jws.hpp"
#include "signing/core/refusal.hpp"
#include "signing/core/trust_policy.hpp"
#include "signing/core/verified.hpp"

namespace signet::signing {

enum class AdmissionMode : uint8_t {
  required,         ///< the default
  ignore_failures,  ///< unsafe_ignore_failures: a webhook that cannot be asked does not keep an artifact out
  audit_only,       ///< unsafe_audit_only: nothing the webhook says keeps an artifact out
};

/// What becomes of the running artifact when a key that it needs is revoked.
enum class OnRevoked : uint8_t { alarm, drop };

struct GatePolicy {
  ArtifactKind kind = ArtifactKind::graph;
  TrustPolicy trust;
  http::EgressPolicy egress;
  bool webhook = false;                              ///< admission.url is set
  std::vector<crypto::SecretBytes> webhook_secrets;  ///< shared with the webhook; old and new during a rotation
  AdmissionMode admission = AdmissionMode::required;
  OnRevoked on_revoked = OnRevoked::alarm;

  /// Whether a signature of the bytes may stand in place of a statement (trust.unsafe_compat).
  bool takes_bodies() const { return kind == ArtifactKind::graph && !trust.cosmo_keys.empty(); }
};

/// What is to be said about the artifact that serves.
struct Standing {
  std::vector<Alarm> alarms;
  std::optional<Refusal> ended;  ///< it may serve no longer
};

struct Candidate {
  std::string statement;  ///< the bytes of statement.jws; empty where there is a `body_signature`
  /// From Cosmo's CDN: what came with the body in place of a statement.
  std::optional<BodySignature> body_signature{};
  std::shared_ptr<const std::string> artifact;  ///< as stored; an HTTP Content-Encoding is removed already
  SourceKind source = SourceKind::cdn;
  std::optional<StoredVerdict> verdict;  ///< from the last-good copy or the verdict cache; verified again
};

/// The data of a ConfigReview request.
struct ReviewRequest {
  std::string uid;
  Statement statement;
  SourceKind source = SourceKind::cdn;
  std::vector<Signer> signed_by;
  std::vector<Subgraph> subgraphs;
  std::string jws;
};

struct NoChange {
  uint64_t serial = 0;
  std::vector<Alarm> alarms;
};

struct Wanted {
  Statement statement;  ///< verified but for the artifact's bytes
};

/// An artifact that lacks one approval. Only the gate makes one; give it back to admit().
class PendingReview {
 public:
  const ReviewRequest& request() const { return request_; }

 private:
  friend class Gate;
  PendingReview(Artifact artifact, ReviewRequest request)
      : artifact_(std::move(artifact)), request_(std::move(request)) {}
  Artifact artifact_;
  ReviewRequest request_;
};

enum class GateEventKind : uint8_t { accepted, no_change, awaiting_approval, refused, alarm, alarm_ended };

/// One decision, for the audit log, the metrics and the log line.
/// Lifetime: valid during the call.
struct GateEvent {
  GateEventKind kind = GateEventKind::refused;
  ArtifactKind artifact = ArtifactKind::graph;
  SourceKind source = SourceKind::cdn;
  uint64_t serial = 0;        ///< 0 when the statement could not be verified
  std::string_view sha256{};  ///< empty when the statement could not be verified
  std::span<const Signer> signers{};
  std::optional<Reason> reason{};  ///< refused
  std::optional<Alarm> alarm{};    ///< alarm, alarm_ended
  std::string_view detail{};
};

class GateEvents {
 public:
  virtual ~GateEvents() = default;
  virtual void on_gate(const GateEvent& event) = 0;
};

using Examination = std::variant<Verified<Artifact>, PendingReview, NoChange, Refusal>;
using Admission = std::variant<Verified<Artifact>, Refusal>;

/// Lifetime: borrows clock and events.
/// Threads: one; a gate is cheap, make a new one when keys or policies change.
class Gate {
 public:
  /// `policy` must have passed TrustPolicy::validate().
  Gate(GatePolicy policy, const Clock& clock, GateEvents& events)
      : policy_(std::move(policy)), clock_(&clock), events_(&events) {}

  std::variant<Wanted, NoChange, Refusal> wanted(std::string_view statement, SourceKind source,
                                                 const GateState& state) const;
  Examination examine(const Candidate& candidate, const GateState& state) const;
  /// `state` is as of now: an approval that comes after a newer artifact was applied is superseded.
  Admission admit(PendingReview pending, const StoredVerdict& verdict, const GateState& state) const;
  /// The webhook gave no usable answer; `why` is one of the admission_ reasons. Refuses, but for the unsafe_ modes.
  Admission admit_without_answer(PendingReview pending, Refusal why, const GateState& state) const;
  /// An accepted artifact that has waited to be applied, as of now and under this policy. Errors: why it may not serve
  /// any more; that is told as a refusal.
  Verification<> confirm(const Artifact& artifact, const GateState& state) const;
  /// The running artifact as of now and under this policy: keys may be revoked since, and time passes. Sends no event.
  Standing standing(const Artifact& running) const;
  /// `before`, once `artifact` has been applied and serves.
  GateState after(const GateState& before, const Artifact& artifact) const;

 private:
  struct Opened {
    Jws jws;
    Statement statement;
    std::vector<Signer> signers;
    size_t approvals_missing = 0;
    std::optional<Refusal> why_missing;
    Freshness freshness;
  };

  /// What proves an artifact: a statement, or a signature of its bytes.
  struct Evidence {
    const std::optional<BodySignature>& body_signature;
    std::string_view statement;
    std::string_view stored;
  };

  Verification<Opened> open(std::string_view statement, SourceKind source, const GateState& state) const;
  Verification<Opened> open_body(const BodySignature& signature, std::string_view body, SourceKind source,
                                 const GateState& state) const;
  Verification<Opened> open(const Evidence& evidence, SourceKind source, const GateState& state) const;
  Examination approve_or_ask(const Candidate& candidate, const Opened& opened, const GateState& state,
                             Artifact artifact) const;
  Verification<> use_verdict(const StoredVerdict& verdict, const Jws& jws, const GateState& state,
                             Artifact& artifact) const;
  bool waives(Reason reason) const;
  Verification<> judge_again(const Artifact& artifact, const GateState& state) const;
  std::optional<Refusal> still_trusted(const Artifact& running, std::vector<Alarm>& alarms) const;
  Verified<Artifact> accept(Artifact artifact, std::span<const Alarm> alarms) const;
  Refusal refused(Refusal refusal, SourceKind source, const Statement* statement,
                  std::span<const Signer> signers) const;

  GatePolicy policy_;
  const Clock* clock_;
  GateEvents* events_;
};

}  // namespace signet::signing
