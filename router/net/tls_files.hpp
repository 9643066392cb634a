// The texts that a TLS context is made of, and what can be wrong with them.
#pragma once

#include <cstdint>
#include <string>

namespace signet::net {

/// A certificate chain, the leaf first, and the leaf's key. Both empty: none.
struct PemPair {
  std::string certificate;
  std::string key;  ///< secret; whoever fills it wipes it
  bool empty() const { return certificate.empty() && key.empty(); }
};

enum class PemFile : uint8_t { certificate, key, authorities };

/// Which of the texts cannot be used, and why: for the operator.
struct PemProblem {
  PemFile file = PemFile::certificate;
  std::string reason;
};

}  // namespace signet::net
