#include "router/net/free_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace signet::net {

using boost::asio::ip::tcp;

uint16_t free_loopback_port(uint16_t preferred) {
  boost::asio::io_context context;
  for (const uint16_t port : {preferred, uint16_t{0}}) {
    boost::system::error_code error;
    tcp::acceptor acceptor(context);
    acceptor.open(tcp::v4(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port), error);
    if (!error) acceptor.listen(1, error);  // a bind alone succeeds beside a listener that allows it
    if (!error) return acceptor.local_endpoint().port();
  }
  return 0;
}

}  // namespace signet::net
