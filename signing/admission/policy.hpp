// The admission policy engine: what a graph must look like to be approved.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "router/http/egress.hpp"
#include "signing/core/artifact.hpp"
#include "signing/core/trust_policy.hpp"

namespace signet::admission {

struct AdmissionPolicy {
  http::EgressPolicy allowed;                   ///< URL patterns and CIDRs; an empty list allows nothing
  bool allow_plain_http = false;                ///< http:// subgraphs, wherever they are
  std::vector<std::string> required_signers{};  ///< kids that must have signed
  size_t approvers = 0;                         ///< approve signatures that the statement must carry already
  size_t max_subgraphs = 200;
};

/// One graph in one environment: whose signatures count there, and what may be in it.
struct AdmissionGraph {
  signing::TrustPolicy trust;
  AdmissionPolicy policy;
};

struct PolicyVerdict {
  bool allowed = false;
  std::string message;  ///< at most 256 printable characters
};

/// `signers` are those whose signatures were verified.
PolicyVerdict judge(const AdmissionPolicy& policy, const std::vector<signing::Subgraph>& subgraphs,
                    const std::vector<signing::Signer>& signers);

}  // namespace signet::admission
