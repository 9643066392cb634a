// A review that waits for approval cannot be made up to be handed to Gate::admit().
#include "signing/core/gate.hpp"

signet::signing::PendingReview forge() {
  return signet::signing::PendingReview(signet::signing::Artifact(), signet::signing::ReviewRequest());
}
