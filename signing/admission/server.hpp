// AdmissionServer: judges ConfigReviews. Headers and body in, status and body out; sockets, files and fetching are
// router/app's.
//
//   hear(request)             → an answer, or Hearing: the artifact has to be fetched first
//   decide(hearing, artifact) → the answer
//
// Each statement is judged once for each policy; those who ask about it again get the same verdict.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "signing/admission/approval.hpp"
#include "signing/admission/approved_artifacts.hpp"
#include "signing/admission/artifact_review.hpp"
#include "signing/admission/config_review.hpp"
#include "signing/admission/cosmo_review.hpp"
#include "signing/admission/policy.hpp"
#include "signing/admission/server_answer.hpp"

namespace signet::admission {

struct ServerPolicy {
  std::vector<AdmissionGraph> graphs;                ///< one for each graph and environment
  std::vector<crypto::SecretBytes> webhook_secrets;  ///< those of the routers; each of them signs answers
  std::optional<signing::SigningKey> approve_key;    ///< without one, answers are signed with the shared secrets
  std::optional<CosmoPolicy> cosmo;                  ///< absent: /validate-config is not there
};

/// A review that waits for its artifact. Give it back to decide().
struct Hearing {
  Review review;
  std::string webhook_id;
};

/// Since the server started.
struct ServerCounts {
  uint64_t allowed = 0, denied = 0, turned_away = 0;
  uint64_t evaluations = 0;  ///< of policies over an artifact; repeated questions are none
};

/// Threads: one.
class AdmissionServer {
 public:
  /// `approved` may be null: nothing is remembered. Lifetime: borrows it.
  explicit AdmissionServer(ServerPolicy policy, ApprovedArtifacts* approved = nullptr)
      : policy_(std::move(policy)), approved_(approved) {}

  /// 413 for a body over 64 KiB, 401 for a caller without a valid Standard Webhooks signature, 409 for a webhook-id
  /// that was seen before, 400 for a body that is no ConfigReview, else 200 with a verdict.
  std::variant<ServerAnswer, Hearing> hear(const http::Headers& headers, std::string_view body, WallTime now);
  /// `artifact`: its bytes, or why they could not be had. Both are judged by the policy as of now.
  ServerAnswer decide(const Hearing& hearing, const Fetched& artifact, WallTime now);

  /// New keys and policies; what was seen and approved stays known, what was judged is judged again.
  void set_policy(ServerPolicy policy);

  const ServerPolicy& policy() const { return policy_; }
  const ServerCounts& counts() const { return counts_; }
  uint64_t generation() const { return generation_; }
  /// /validate-config counts here too.
  void count(const ServerAnswer& answer);

 private:
  struct Judged {
    PolicyVerdict verdict;
    uint64_t approvals = 0;  ///< of its graph when it was judged: a denial may not outlast another approval
  };

  std::optional<ReviewAnswer> review(const Review& review, const Fetched* artifact, WallTime now);
  std::optional<ReviewAnswer> judged(const AdmissionGraph& graph, const Review& review, const VerifiedStatement& about,
                                     const Fetched* artifact, WallTime now);
  const PolicyVerdict* known_verdict(const std::string& key, const Line& line) const;
  const PolicyVerdict& evaluate(const AdmissionGraph& graph, const Review& review, const VerifiedStatement& about,
                                const std::string* artifact, const std::string& key);
  void approve(const VerifiedStatement& about, const Fetched* artifact, ReviewAnswer& answer);
  ServerAnswer answer_of(const Hearing& hearing, const ReviewAnswer& verdict, WallTime now);
  uint64_t approvals_of(const Line& line) const;

  ServerPolicy policy_;
  ApprovedArtifacts* approved_;
  signing::ReplayGuard seen_;
  ServerCounts counts_;
  uint64_t generation_ = 1;
  std::map<std::string, Judged> judged_;  // by statement and signers
  std::map<Line, uint64_t> approvals_;
};

}  // namespace signet::admission
