// The client over TLS: whom it trusts, what it presents, and when a connection serves another request.
#include <gtest/gtest.h>

#include "router/http/one_shot.hpp"
#include "router/net/client_tls.hpp"
#include "router/net/http_client.hpp"
#include "tests/support/loop_thread.hpp"
#include "tests/support/tls_peer.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using http::TransportError;
using testing_support::Authority;
using testing_support::Issued;
using testing_support::LoopThread;
using testing_support::RawListener;
using testing_support::TlsPeer;
using testing_support::Wanted;

constexpr std::string_view kGood = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";

class TlsClientTest : public testing::Test {
 protected:
  void SetUp() override {
    loop.run([&] { client = std::make_unique<HttpClient>(loop.loop, resolver); });
    profile = make({.authorities = authority.certificate()});
  }
  void TearDown() override {
    loop.stop();
    client.reset();
  }
  static std::shared_ptr<const ClientTls> make(const ClientTlsFiles& files) {
    auto made = ClientTls::make(files);
    EXPECT_TRUE(made) << made.error().reason;
    return made ? *made : nullptr;
  }

  std::future<http::Outcome> send(const std::string& host = "localhost", size_t body = 5) {
    http::Request request;
    request.to = http::make_destination(
        {.url = *http::parse_url("https://" + host + ":" + std::to_string(listener.port()) + "/graphql"),
         .tls = profile,
         .response_bytes_max = 20u << 20});
    request.body = std::string(body, 'h');
    request.idempotent = false;
    auto promise = std::make_shared<std::promise<http::Outcome>>();
    loop.loop.post([this, request = std::move(request), promise]() mutable {
      sinks.push_back(
          std::make_unique<http::Collect>(20u << 20, [promise](http::Outcome o) { promise->set_value(o); }));
      client->send(std::move(request), std::chrono::steady_clock::now() + 3s, *sinks.back());
    });
    return promise->get_future();
  }
  std::unique_ptr<TlsPeer> accept(TlsPeer::Options options = {}) {
    if (options.pair.certificate.empty()) options.pair = authority.issue();
    return std::make_unique<TlsPeer>(listener.accept(), true, options);
  }
  // One exchange with a server that presents `pair`. The server says whether a request came.
  http::Outcome answered_by(const Issued& pair, const std::string& host = "localhost") {
    auto outcome = send(host);
    const auto peer = accept({.pair = pair});
    request_came = peer->good() && peer->read_until("hhhhh").ends_with("hhhhh");
    if (request_came) peer->send(kGood);
    return outcome.get();
  }
  void expect_refused(const Issued& pair, std::string_view why, const std::string& host = "localhost") {
    const auto outcome = answered_by(pair, host);
    ASSERT_FALSE(outcome) << why;
    EXPECT_EQ(outcome.error().error, TransportError::tls) << outcome.error().detail;
    EXPECT_NE(outcome.error().detail.find(why), std::string::npos) << outcome.error().detail;
    EXPECT_FALSE(request_came) << why;
  }

  Authority authority;
  std::shared_ptr<const ClientTls> profile;
  RawListener listener;
  Resolver resolver;
  LoopThread loop;
  std::vector<std::unique_ptr<http::Collect>> sinks;
  std::unique_ptr<HttpClient> client;
  bool request_came = false;
};

TEST_F(TlsClientTest, VerifiedByNameAndByAddress) {
  EXPECT_TRUE(answered_by(authority.issue()));
  EXPECT_TRUE(answered_by(authority.issue(), "127.0.0.1"));
}

TEST_F(TlsClientTest, WhatCannotBeVerifiedGetsNoRequest) {
  expect_refused(authority.issue({.from = -7200, .to = -60}), "expired");
  expect_refused(authority.issue({.from = 3600}), "not yet valid");
  expect_refused(authority.issue({.names = {"other.example"}}), "ostname mismatch");
  expect_refused(authority.issue({.names = {std::string("localhost\0.evil.example", 23)}, .addresses = {}}),
                 "ostname mismatch");
  expect_refused(authority.issue({.names = {"localhost", std::string("a\0b", 3)}}), "NUL");
  expect_refused(authority.issue({.names = {"local*"}}), "ostname mismatch");
  expect_refused(authority.issue({.names = {}, .addresses = {}}), "ostname mismatch");
  expect_refused(authority.issue({.addresses = {"127.0.0.2"}}), "IP address mismatch", "127.0.0.1");
  expect_refused(authority.issue({.names = {"127.0.0.1"}, .addresses = {}}), "IP address mismatch", "127.0.0.1");
  expect_refused(Authority("others").issue(), "unable to get local issuer");
  profile = nullptr;  // the system's authorities
  expect_refused(authority.issue(), "unable to get local issuer");
}

TEST_F(TlsClientTest, ASelfSignedCertificateIsNobodys) {
  Authority own("localhost");
  profile = make({.authorities = Authority().certificate()});
  expect_refused(own.issue(), "unable to get local issuer");
}

TEST_F(TlsClientTest, PlainServersAndOldVersionsAreRefused) {
  auto outcome = send();
  auto socket = listener.accept();
  socket.send(kGood);
  EXPECT_EQ(outcome.get().error().error, TransportError::tls);
  outcome = send();
  EXPECT_FALSE(accept({.max_version = TLS1_1_VERSION, .min_version = TLS1_VERSION, .seclevel = "0"})->good());
  EXPECT_EQ(outcome.get().error().error, TransportError::tls);
}

TEST_F(TlsClientTest, KeepsTheConnectionThroughTickets) {
  auto first = send();
  const auto peer = accept();  // two tickets follow the handshake
  peer->read_until("hhhhh");
  peer->send(kGood);
  EXPECT_EQ(first.get()->body, "good");
  auto second = send();
  EXPECT_TRUE(peer->read_until("hhhhh").ends_with("hhhhh"));
  peer->send(kGood);
  EXPECT_EQ(second.get()->body, "good");
}

TEST_F(TlsClientTest, BigBodiesBothWays) {
  constexpr size_t kBytes = 9u << 20;
  auto outcome = send("localhost", kBytes);
  const auto peer = accept();
  std::string request;
  std::this_thread::sleep_for(50ms);
  size_t body = std::string::npos;
  while (body == std::string::npos || request.size() - body < kBytes) {
    if (peer->read(request) <= 0) break;
    if (body == std::string::npos) body = request.find("\r\n\r\nh") + 4;
  }
  EXPECT_EQ(request.size() - body, kBytes);
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n" + std::string(kBytes, 'a');
  peer->send(answer);
  const auto got = outcome.get();
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->body.size(), kBytes);
}

TEST_F(TlsClientTest, AnAnswerIsTakenWhileTheRequestIsSent) {
  auto outcome = send("localhost", 32u << 20);
  const auto peer = accept();
  peer->read_until("hhhhh");
  peer->send(kGood);  // and reads no more
  const auto got = outcome.get();
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->body, "good");
}

TEST_F(TlsClientTest, OnlyCloseNotifyEndsABodyWithoutLength) {
  for (const bool cut : {false, true}) {
    auto outcome = send();
    auto peer = accept();
    peer->read_until("hhhhh");
    peer->send("HTTP/1.1 200 OK\r\n\r\nall of it, or not");
    if (!cut) peer->close_notify();
    peer->socket().shutdown_send();
    const auto got = outcome.get();
    EXPECT_EQ(got.has_value(), !cut);
    if (cut && !got) EXPECT_EQ(got.error().error, TransportError::protocol);
  }
}

TEST_F(TlsClientTest, ClosedConnectionsAreNotUsedAgain) {
  auto first = send();
  {
    const auto peer = accept();
    peer->read_until("hhhhh");
    peer->send(kGood);
    EXPECT_TRUE(first.get());
    peer->close_notify();  // and nothing at the socket
    auto second = send();
    const auto fresh = accept();
    fresh->read_until("hhhhh");
    fresh->send(kGood);
    EXPECT_TRUE(second.get());
  }
}

TEST_F(TlsClientTest, ConnectionsServeOneProfile) {
  auto first = send();
  const auto peer = accept();
  peer->read_until("hhhhh");
  peer->send(kGood);
  EXPECT_TRUE(first.get());
  profile = make({.authorities = Authority("others").certificate()});
  expect_refused(authority.issue(), "unable to get local issuer");  // and not a word on the first connection
  profile = make({.authorities = authority.certificate()});
  auto third = send();
  const auto other = accept();
  EXPECT_FALSE(other->resumed());
  other->read_until("hhhhh");
  other->send(kGood);
  EXPECT_TRUE(third.get());
}

TEST_F(TlsClientTest, PresentsItsCertificate) {
  const Authority routers;
  const Issued own = routers.issue();
  profile = make({.authorities = authority.certificate(), .pair = {own.certificate, own.key}});
  ASSERT_TRUE(profile->expires());
  auto outcome = send();
  const auto peer = accept({.authorities = routers.certificate()});
  ASSERT_TRUE(peer->good());
  EXPECT_NE(peer->certificate(), nullptr);
  peer->read_until("hhhhh");
  peer->send(kGood);
  EXPECT_TRUE(outcome.get());
  profile = make({.authorities = authority.certificate()});
  auto without = send();
  EXPECT_FALSE(accept({.authorities = routers.certificate()})->good());
  EXPECT_FALSE(without.get());
}

// Under TLS 1.3 the server says so after the client's side of the handshake, when the request may be on its way.
TEST_F(TlsClientTest, ARefusalOfItsCertificateIsAFailureOfTls) {
  const Authority routers, others;
  const Issued wrong = others.issue();
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    for (const size_t body : {size_t{5}, size_t{8} << 20}) {
      for (const bool has_one : {false, true}) {
        profile = make({.authorities = authority.certificate(),
                        .pair = has_one ? PemPair{wrong.certificate, wrong.key} : PemPair{}});
        auto outcome = send("localhost", body);
        EXPECT_FALSE(accept({.max_version = version, .authorities = routers.certificate()})->good());
        const auto refused = outcome.get();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().error, TransportError::tls) << refused.error().detail;
        EXPECT_TRUE(refused.error().detail.starts_with("TLS with https://localhost:")) << refused.error().detail;
        const std::string_view why = has_one                     ? "the peer refused: decrypt error"
                                     : version == TLS1_3_VERSION ? "the peer refused: certificate required"
                                                                 : "the peer refused: handshake failure";
        EXPECT_TRUE(refused.error().detail.ends_with(why)) << refused.error().detail;
      }
    }
  }
}

// One server context for several connections, as servers have it: its tickets are good for all of them.
TEST_F(TlsClientTest, SessionsAreTakenUpAgain) {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_max_proto_version(context, version);
    const Issued pair = authority.issue({.to = 2});
    TlsPeer::use(context, pair);
    profile = make({.authorities = authority.certificate()});
    const auto exchange = [&](bool& resumed) {
      auto outcome = send();
      TlsPeer peer(listener.accept(), context);
      peer.read_until("hhhhh");
      peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood");
      peer.close_notify();
      resumed = peer.resumed();
      return outcome.get();
    };
    bool resumed = false;
    EXPECT_TRUE(exchange(resumed));
    EXPECT_FALSE(resumed);
    EXPECT_TRUE(exchange(resumed));
    EXPECT_TRUE(resumed);
    std::this_thread::sleep_for(2100ms);  // a session must not outlive the certificate
    const auto late = exchange(resumed);
    ASSERT_FALSE(late);
    EXPECT_NE(late.error().detail.find("expired"), std::string::npos) << late.error().detail;
    SSL_CTX_free(context);
  }
}

TEST(ClientTls, BadTextsAreNamed) {
  const Authority authority;
  const Issued good = authority.issue(), other = authority.issue();
  const auto junk = ClientTls::make({.authorities = "junk"});
  ASSERT_FALSE(junk);
  EXPECT_EQ(junk.error().file, PemFile::authorities);
  const auto mismatch = ClientTls::make({.pair = {good.certificate, other.key}});
  ASSERT_FALSE(mismatch);
  EXPECT_EQ(mismatch.error().file, PemFile::key);
}

}  // namespace
}  // namespace signet::net
