// The router's side of an online admission: the call to make, and what its answer means. Sockets are router/app's.
#pragma once

#include <chrono>
#include <string>

#include "router/http/transport.hpp"
#include "signing/admission/config_review.hpp"
#include "signing/core/refusal.hpp"

namespace signet::admission {

/// One POST to admission.url.
struct ReviewCall {
  std::string uid;
  std::string webhook_id;
  http::Headers headers;
  std::string body;
};

/// Signs the request anew: each attempt is its own call with its own webhook-id.
ReviewCall make_call(const signing::ReviewRequest& request, const crypto::SecretBytes& secret, WallTime now);

/// The answer as evidence for Gate::admit(). An answer whose Standard Webhooks fields are there must carry them under
/// the call's webhook-id and within five minutes; whether they or the approval are right is the gate's to decide.
/// Errors: admission_malformed, admission_mismatch, admission_signature.
signing::Verification<signing::StoredVerdict> read_answer(const ReviewCall& call, const http::Response& response,
                                                          WallTime now);

/// What a transport failure means.
signing::Refusal read_failure(const http::Failure& failure);

/// Units: milliseconds. Doubles from 1 s to at most 60 s, then half of it is random, so that pods do not come at once.
/// `random` is any number.
std::chrono::milliseconds retry_delay(unsigned attempt, uint64_t random);

}  // namespace signet::admission
