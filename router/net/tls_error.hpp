// What ends an established TLS connection, as error codes of streams.
#pragma once

#include <boost/system/error_code.hpp>
#include <string_view>

namespace signet::net {

/// Errors of an established connection, beside the system's. Other values of the category are the peer's alerts.
enum class TlsError {
  truncated = 1,  ///< the connection ended without close_notify: what came may not be all
  broken,         ///< a record that is not what the session agreed on
};

boost::system::error_code make_error_code(TlsError error);

/// The name of a TLS alert. Spec: RFC 8446 §6
std::string_view alert_text(int alert);

/// Whether the peer has said by an alert that it ends the connection, and why.
bool is_alert(const boost::system::error_code& error);

}  // namespace signet::net

template <>
struct boost::system::is_error_code_enum<signet::net::TlsError> : std::true_type {};
