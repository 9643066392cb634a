// The last-good copy: artifact, statement and verdict in one file, so that a restart needs neither CDN nor webhook.
//
//   signet-last-good 1 <sha256 of all that follows the first line, hex>\n
//   {"statement":N,"artifact":N,"verdict":{"uid","body":N,"id","timestamp","signature"} or null}\n     sizes in bytes
//   Under trust.unsafe_compat {"body_signature":"<base64>","artifact":N,"verdict":null} and no statement.
//   <statement bytes><artifact bytes as stored><verdict body bytes>
//
// The digest notices damage; whether the copy may serve is decided by the gate, which verifies all of it again.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "signing/core/gate.hpp"

namespace signet::signing {

std::string print_last_good(const Artifact& artifact);

/// A candidate for the gate with source last_good. Errors: one sentence; go on as if there were no file.
std::expected<Candidate, std::string> parse_last_good(std::string_view file);

}  // namespace signet::signing
