// What the gate takes in and what it lets out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/core/cosmo.hpp"
#include "signing/core/key.hpp"
#include "signing/core/refusal.hpp"
#include "signing/core/statement.hpp"
#include "signing/core/webhook.hpp"

namespace signet::signing {

enum class SourceKind : uint8_t { cdn, file, s3, fallback, last_good, development };
std::string_view to_text(SourceKind source);

struct Subgraph {
  std::string name;
  std::string url;
  std::string subscription_url{};  ///< empty: the same as url
  friend bool operator==(const Subgraph&, const Subgraph&) = default;
};

struct Signer {
  std::string kid;
  Role role = Role::release;
  friend bool operator==(const Signer&, const Signer&) = default;
};

/// An answer of the admission webhook, as it came: evidence that can be verified again at any time.
struct StoredVerdict {
  std::string uid;   ///< of the request that was answered
  std::string body;  ///< the answer's bytes
  /// The answer's Standard Webhooks fields; all empty where the answer carries an approval signature instead.
  WebhookSignature signature;
};

/// An artifact that passed the gate, with the evidence that it did.
/// Lifetime: the texts are shared and never change.
struct Artifact {
  Statement statement;                        ///< signed; where there is a `body_signature`, made by the gate
  std::shared_ptr<const std::string> text;    ///< what is parsed: decompressed
  std::shared_ptr<const std::string> stored;  ///< the bytes that `statement.sha256` covers; the same object as `text`
                                              ///< where nothing was compressed
  std::string jws;  ///< the statement with its signatures, as it came; empty where there is a `body_signature`
  std::optional<BodySignature> body_signature{};  ///< what proves the bytes in place of a statement
  std::vector<Signer> signers;                    ///< whose signatures counted, the webhook's approval included
  std::optional<StoredVerdict> verdict;           ///< present when a webhook's answer was needed
  std::vector<Subgraph> subgraphs;                ///< kind graph: every URL in it, all allowed
  SourceKind source = SourceKind::cdn;
  bool approved = true;             ///< false only under admission.unsafe_audit_only or unsafe_ignore_failures
  std::optional<Refusal> waived{};  ///< where it is not approved: what would have kept it out
};

}  // namespace signet::signing
