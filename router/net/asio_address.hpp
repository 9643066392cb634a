// IP addresses from Asio's type to the house's.
#pragma once

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "router/http/egress.hpp"

namespace signet::net {

inline http::IpAddress to_ip(const boost::asio::ip::address& address) {
  http::IpAddress ip;
  ip.v6 = address.is_v6();
  if (ip.v6) {
    std::ranges::copy(address.to_v6().to_bytes(), ip.bytes.begin());
  } else {
    std::ranges::copy(address.to_v4().to_bytes(), ip.bytes.begin());
  }
  return ip;
}

}  // namespace signet::net
