// Certificates, keys and authorities from PEM text into a TLS context: whole and fitting, or not at all.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "router/base/clock.hpp"
#include "router/net/openssl_ptr.hpp"
#include "router/net/tls_files.hpp"

namespace signet::net {

/// Every certificate of the text, in its order. Errors: what the text holds instead.
std::expected<std::vector<OpenSslPtr<X509>>, std::string> read_certificates(std::string_view pem);

/// Makes the context present this chain. Returns when its first certificate expires.
/// Errors: the file to blame and why: no certificate, no key, another's key, expired, not yet valid, too weak.
std::expected<WallTime, PemProblem> use_pair(SSL_CTX* context, const PemPair& pair);

/// Trusts the text's certificates and nothing else. Errors: as above.
std::expected<void, PemProblem> use_authorities(SSL_CTX* context, std::string_view pem);

/// OpenSSL's own words for the last error of this thread, which is forgotten.
std::string take_openssl_error();

}  // namespace signet::net
