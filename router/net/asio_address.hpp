// IP addresses between Asio's types and the house's.
#pragma once

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>

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

inline boost::asio::ip::tcp::endpoint to_endpoint(const http::IpAddress& address, uint16_t port) {
  if (address.v6) {
    boost::asio::ip::address_v6::bytes_type bytes;
    std::ranges::copy(address.bytes, bytes.begin());
    return {boost::asio::ip::address_v6(bytes), port};
  }
  boost::asio::ip::address_v4::bytes_type bytes;
  std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
  return {boost::asio::ip::address_v4(bytes), port};
}

}  // namespace signet::net
