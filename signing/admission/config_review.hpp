// ConfigReview on the wire: the request a router posts, the answer a webhook gives.
//
// Request: {"apiVersion":"admission.signet.dev/v1","kind":"ConfigReview","request":{"uid","artifact","graph",
//   "environment","serial","previous","sha256","source","signedBy":[{"kid","role"}],
//   "subgraphs":[{"name","url","subscriptionUrl"}],"statement":<JWS>}}
// Answer: {"response":{"uid","allowed","sha256","status":{"message"},"approval":{"protected","signature"},"minSerial"}}
// Spec: docs/formats/config-review.md
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/core/gate.hpp"
#include "signing/core/jws.hpp"

namespace signet::admission {

inline constexpr std::string_view kApiVersion = "admission.signet.dev/v1";
inline constexpr std::string_view kKind = "ConfigReview";
inline constexpr size_t kMessageCharactersMax = 256;

std::string print_review(const signing::ReviewRequest& request);

/// A request as a server reads it: what the router claims, and the signed statement that proves most of it.
struct Review {
  std::string uid;
  std::string artifact, graph, environment, previous, sha256, source;
  uint64_t serial = 0;
  std::vector<signing::Subgraph> subgraphs;
  std::string statement;  ///< the JWS, as it stood
};

/// Errors: one sentence, without bytes of the input. Members that are not known are left alone.
std::expected<Review, std::string> parse_review(std::string_view body);

struct ReviewAnswer {
  std::string uid;
  std::string sha256;
  bool allowed = false;
  std::string message;                            ///< cut to 256 printable characters when written
  std::optional<signing::JwsSignature> approval;  ///< by an `approve` key over the same statement
  uint64_t min_serial = 0;                        ///< the highest that was approved; 0: not said
};

std::string print_answer(const ReviewAnswer& answer);

}  // namespace signet::admission
