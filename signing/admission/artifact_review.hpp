// The review of an artifact itself: its bytes against its statement, its contents and its changes against a policy.
#pragma once

#include <string>
#include <string_view>

#include "signing/admission/approval.hpp"
#include "signing/admission/approved_artifacts.hpp"
#include "signing/admission/policy.hpp"

namespace signet::admission {

/// What the artifact replaces, as far as one knows.
struct Predecessor {
  Comparison::Kind kind = Comparison::Kind::first;  ///< `known`: `stored` is its bytes, whose digest was verified
  std::string stored{};
  std::string why{};  ///< unknown
};

/// What `statement` names as `previous`, looked up among what was approved.
Predecessor find_predecessor(const signing::Statement& statement, ApprovedArtifacts& approved);

/// Judges everything but the change windows. A digest that differs, a form that is wrong or a schema that cannot be
/// read breaks the rule `artifact`.
PolicyVerdict review_artifact(const AdmissionPolicy& policy, const VerifiedStatement& about, std::string_view artifact,
                              const Predecessor& predecessor);

}  // namespace signet::admission
