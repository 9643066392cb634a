// A Cosmo control plane's question, POST /validate-config: may this execution config be published, and with which
// signature? Its answer signs the exact bytes under the key that Cosmo's routers hold.
//
//   hear_cosmo(request)            → an answer, or CosmoHearing: the config has to be fetched first
//   decide_cosmo(hearing, config)  → the answer: {"signatureSha256"} or 400 {"error"}
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "router/crypto/crypto.hpp"
#include "router/http/url.hpp"
#include "signing/admission/policy.hpp"
#include "signing/admission/server_answer.hpp"

namespace signet::admission {

struct CosmoPolicy {
  std::vector<crypto::SecretBytes> webhook_secrets;  ///< of X-Cosmo-Signature-256
  crypto::SecretBytes sign_key;                      ///< graph.sign_key of Cosmo's routers
  std::vector<std::string> origins;                  ///< configs are fetched from these only
  AdmissionPolicy policy;                            ///< URLs and count of subgraphs
};

/// A question that waits for its config. Give it back to decide_cosmo().
struct CosmoHearing {
  http::Url config_url;  ///< at a listed origin; its query is a credential
  std::string organization, graph;
};

/// 413 for a body over 64 KiB, 401 without a valid X-Cosmo-Signature-256, 400 for a body that is not understood or
/// names a config elsewhere than at the listed origins.
std::variant<ServerAnswer, CosmoHearing> hear_cosmo(const CosmoPolicy& policy, const http::Headers& headers,
                                                    std::string_view body);

/// `config`: its exact bytes, content coding removed, or why they could not be had.
ServerAnswer decide_cosmo(const CosmoPolicy& policy, const CosmoHearing& hearing, const Fetched& config);

}  // namespace signet::admission
