// The server over TLS: versions, protocols, certificates, sessions, and that HTTP is the same behind it.
#include <atomic>
#include <gtest/gtest.h>

#include "router/net/http_server.hpp"
#include "router/net/server_tls.hpp"
#include "tests/support/loop_thread.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/tls_peer.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using testing_support::Authority;
using testing_support::Issued;
using testing_support::LoopThread;
using testing_support::RawSocket;
using testing_support::Session;
using testing_support::TlsPeer;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: t\r\n\r\n";
constexpr size_t kBigBytes = 8u << 20;

class Echo final : public ServerHandler {
 public:
  std::optional<ServerResponse> admit(const ServerRequest&) override { return std::nullopt; }
  void handle(const ServerRequest& request, Responder responder) override {
    ++handled;
    std::string body = std::string(request.target) + "|" + std::string(request.body) + "|";
    if (request.target == "/big") body.assign(kBigBytes, 'x');
    responder.send({200, {}, std::move(body), false});
  }
  ServerResponse refuse(int status, ErrorCode, std::string_view message, const ServerRequest*) override {
    return {status, {}, std::string(message), true};
  }
  void handshake_failed(const TlsProblem& problem) override { ++failures[static_cast<size_t>(problem.failure)]; }

  /// How often, once it is `wanted` times or a while has passed: clients hear of a failure before it is counted.
  int failed(TlsFailure failure, int wanted = 1) const {
    const auto& count = failures[static_cast<size_t>(failure)];
    const auto end = std::chrono::steady_clock::now() + 2s;
    while (count < wanted && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return count;
  }

  std::atomic<int> handled{0};
  std::array<std::atomic<int>, kTlsFailures> failures{};
};

class TlsServerTest : public testing::Test {
 protected:
  void SetUp() override { start({.pair = to_pair(authority.issue())}); }
  void TearDown() override { stop(); }

  static PemPair to_pair(const Issued& issued) { return {issued.certificate, issued.key}; }

  std::shared_ptr<const ServerTls> make(const ServerTlsFiles& files) {
    auto made = ServerTls::make(files, tickets);
    EXPECT_TRUE(made) << made.error().reason;
    return made ? *made : nullptr;
  }
  void start(const ServerTlsFiles& files,
             ServerSettings settings = {.head_timeout = 300ms, .body_timeout = 1s, .idle_timeout = 1s}) {
    settings.tls = make(files);
    stop();
    acceptor = std::make_unique<LoopThread>();
    for (auto& worker : workers) worker = std::make_unique<LoopThread>();
    server = std::make_unique<HttpServer>(acceptor->loop, std::vector<EventLoop*>{&workers[0]->loop, &workers[1]->loop},
                                          std::vector<ServerHandler*>{&echo, &echo}, settings);
    acceptor->run([&] { ASSERT_TRUE(server->listen({"127.0.0.1", 0, {}})); });
  }
  void stop() {
    if (!server) return;
    acceptor->stop();
    for (auto& worker : workers) worker->stop();
    server.reset();
    for (auto& worker : workers) worker.reset();
    acceptor.reset();
  }
  std::unique_ptr<TlsPeer> client(const TlsPeer::Options& options = {}) {
    return std::make_unique<TlsPeer>(RawSocket::connect(server->port()), false, options);
  }
  std::string get(TlsPeer& peer) {
    peer.send(kGet);
    return peer.read_until("/a||");
  }
  // A first session, with a ticket to take it up again.
  Session session(const TlsPeer::Options& options = {}) {
    const auto peer = client(options);
    EXPECT_FALSE(peer->resumed());
    EXPECT_NE(get(*peer), "");
    return peer->take_session();
  }
  bool resumes(Session& session, TlsPeer::Options options = {}) {
    const Session copy(SSL_SESSION_dup(session.get()));  // OpenSSL's clients use one once
    options.session = copy.get();
    const auto peer = client(options);
    return peer->good() && get(*peer).ends_with("/a||") && peer->resumed();
  }

  Authority authority;
  testing_support::ManualClock clock{WallTime{}};
  std::shared_ptr<TicketKeys> tickets = std::make_shared<TicketKeys>(clock);
  Echo echo;
  std::unique_ptr<LoopThread> acceptor;
  std::array<std::unique_ptr<LoopThread>, 2> workers;
  std::unique_ptr<HttpServer> server;
};

TEST_F(TlsServerTest, SpeaksTls13AndKeepsTheConnection) {
  const auto peer = client();
  ASSERT_TRUE(peer->good());
  EXPECT_EQ(peer->version(), "TLSv1.3");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(get(*peer).starts_with("HTTP/1.1 200 OK\r\n"));
  peer->close_notify();
  EXPECT_EQ(peer->read_to_end(), "");
  EXPECT_TRUE(peer->ended_well());
}

TEST_F(TlsServerTest, Tls12WithForwardSecrecyOnly) {
  const auto peer = client({.max_version = TLS1_2_VERSION});
  EXPECT_EQ(peer->version(), "TLSv1.2");
  EXPECT_TRUE(peer->cipher().starts_with("ECDHE-")) << peer->cipher();
  EXPECT_NE(get(*peer), "");
  EXPECT_FALSE(peer->renegotiate() && get(*peer).ends_with("/a||"));
}

TEST_F(TlsServerTest, OlderVersionsAreRefused) {
  const auto peer = client({.max_version = TLS1_1_VERSION, .min_version = TLS1_VERSION, .seclevel = "0"});
  EXPECT_FALSE(peer->good());
  EXPECT_EQ(peer->reason(), SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION);
  EXPECT_EQ(echo.failed(TlsFailure::version), 1);
  start({.pair = to_pair(authority.issue()), .only_1_3 = true});
  EXPECT_FALSE(client({.max_version = TLS1_2_VERSION})->good());
  EXPECT_TRUE(client()->good());
}

TEST_F(TlsServerTest, ChoosesHttp11OrNothing) {
  EXPECT_EQ(client({.alpn = "\x02h2\x08http/1.1"})->protocol(), "http/1.1");
  EXPECT_EQ(client()->protocol(), "");
  const auto peer = client({.alpn = "\x02h2"});
  EXPECT_FALSE(peer->good());
  EXPECT_EQ(peer->reason(), SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL);
  EXPECT_EQ(echo.failed(TlsFailure::alpn), 1);
}

TEST_F(TlsServerTest, HttpInClearIsAnsweredBriefly) {
  RawSocket socket = RawSocket::connect(server->port());
  socket.send(kGet);
  const std::string answer = socket.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_TRUE(answer.ends_with("use https")) << answer;
  EXPECT_EQ(echo.failed(TlsFailure::plain_http), 1);
  RawSocket prior_knowledge = RawSocket::connect(server->port());
  prior_knowledge.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_EQ(prior_knowledge.read_to_end().find("HTTP/1.1 2"), std::string::npos);
  EXPECT_EQ(echo.handled, 0);
}

TEST_F(TlsServerTest, TheHandshakeHasTheHeadsTime) {
  const auto start = std::chrono::steady_clock::now();
  RawSocket silent = RawSocket::connect(server->port());
  RawSocket slow = RawSocket::connect(server->port());
  slow.send("\x16\x03\x01\x02");  // the beginning of a record
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(slow.read_to_end(), "");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 900ms);
  EXPECT_EQ(echo.failed(TlsFailure::timeout, 2), 2);
}

TEST_F(TlsServerTest, PipelinedRequestsInOneRecordAndInMany) {
  const auto peer = client();
  peer->send(std::string(kGet) + "GET /2 HTTP/1.1\r\nHost: t\r\n\r\n" + "GET /3 HTTP/1.1\r\nHost: t\r\n\r\n");
  const std::string answers = peer->read_until("/3||");
  EXPECT_TRUE(answers.find("/a||") < answers.find("/2||") && answers.find("/2||") < answers.find("/3||")) << answers;
  for (char byte : kGet) peer->send({&byte, 1});
  EXPECT_TRUE(peer->read_until("/a||").ends_with("/a||"));
}

TEST_F(TlsServerTest, ASmallAnswerIsOneRecord) {
  const auto peer = client();
  peer->send(kGet);
  std::string got;
  peer->read(got);
  EXPECT_TRUE(got.ends_with("/a||")) << got;
}

TEST_F(TlsServerTest, BigBodiesBothWays) {
  const auto peer = client();
  const std::string body(1'500'000, 'b');
  peer->send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 1500000\r\n\r\n" + body);
  EXPECT_TRUE(peer->read_until("b|").ends_with("b|"));
  peer->send("GET /big HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
  std::this_thread::sleep_for(50ms);  // the socket fills up
  const std::string answer = peer->read_to_end();
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, kBigBytes);
  EXPECT_TRUE(peer->ended_well());
}

TEST_F(TlsServerTest, HalfClosedClientsAreAnswered) {
  const auto peer = client();
  peer->send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n");
  peer->close_notify();
  peer->socket().shutdown_send();
  const std::string answer = peer->read_to_end();
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, kBigBytes);
}

TEST_F(TlsServerTest, ACutOffRequestIsNotHandled) {
  const auto peer = client();
  peer->send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nhalf");
  peer->socket().shutdown_send();
  EXPECT_EQ(peer->read_to_end(), "");
  EXPECT_EQ(echo.handled, 0);
}

TEST_F(TlsServerTest, KeyUpdatesAreFollowed) {
  const auto peer = client();
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(peer->update_keys());
  EXPECT_TRUE(get(*peer).ends_with("/a||"));
}

TEST_F(TlsServerTest, SessionsAreTakenUpOnEveryWorkerAndAcrossRotations) {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    const TlsPeer::Options options{.max_version = version};
    Session first = session(options);
    ASSERT_TRUE(first);
    const auto holder = client();  // keeps one worker busy, so that both get some
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(resumes(first, options)) << i;
    clock.advance(61min);
    EXPECT_TRUE(resumes(first, options));  // an older key
    acceptor->run([&] { server->use_tls(make({.pair = to_pair(authority.issue())})); });
    EXPECT_TRUE(resumes(first, options));  // another certificate
    clock.advance(180min);
    EXPECT_FALSE(resumes(first, options));  // no key left
  }
}

TEST_F(TlsServerTest, CertificatesAreReplacedForNewConnectionsOnly) {
  const auto old_one = client();
  ASSERT_TRUE(old_one->good());
  const auto before = X509_get0_serialNumber(old_one->certificate());
  acceptor->run([&] { server->use_tls(make({.pair = to_pair(authority.issue())})); });
  const auto new_one = client();
  EXPECT_NE(ASN1_INTEGER_cmp(before, X509_get0_serialNumber(new_one->certificate())), 0);
  EXPECT_TRUE(get(*old_one).ends_with("/a||"));
  EXPECT_TRUE(get(*new_one).ends_with("/a||"));
}

TEST_F(TlsServerTest, ClientsShowCertificatesOfTheRightAuthority) {
  const Authority clients, others;
  start({.pair = to_pair(authority.issue()), .client_authorities = clients.certificate()});
  const auto known = client({.pair = clients.issue()});
  EXPECT_TRUE(get(*known).ends_with("/a||"));
  for (const Issued& pair : {Issued{}, others.issue(), clients.issue({.to = -60})}) {
    const auto peer = client({.pair = pair});
    peer->send(kGet);  // TLS 1.3 tells clients with the first read
    EXPECT_EQ(peer->read_to_end(), "");
    EXPECT_FALSE(peer->ended_well());
  }
  EXPECT_EQ(echo.failed(TlsFailure::certificate, 3), 3);
  EXPECT_EQ(echo.handled, 1);
}

TEST_F(TlsServerTest, ASessionDoesNotCarryAClientPastOtherAuthorities) {
  const Authority clients, others;
  const Issued pair = clients.issue();
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    start({.pair = to_pair(authority.issue())});
    Session nobody = session({.max_version = version});
    const auto use = [&](const std::string& authorities) {
      acceptor->run(
          [&] { server->use_tls(make({.pair = to_pair(authority.issue()), .client_authorities = authorities})); });
    };
    use(clients.certificate());
    EXPECT_FALSE(resumes(nobody, {.max_version = version}));
    Session known = session({.max_version = version, .pair = pair});
    EXPECT_TRUE(resumes(known, {.max_version = version, .pair = pair}));
    use(others.certificate());
    EXPECT_FALSE(resumes(known, {.max_version = version, .pair = pair}));
  }
}

TEST_F(TlsServerTest, ASessionEndsWithItsClientsCertificate) {
  const Authority clients;
  start({.pair = to_pair(authority.issue()), .client_authorities = clients.certificate()});
  const Issued pair = clients.issue({.to = 2});
  Session known = session({.pair = pair});
  EXPECT_TRUE(resumes(known, {.pair = pair}));
  std::this_thread::sleep_for(2100ms);
  EXPECT_FALSE(resumes(known, {.pair = pair}));
}

TEST(ServerTls, BadTextsAreNamed) {
  const Authority authority;
  testing_support::ManualClock clock{WallTime{}};
  const Issued good = authority.issue(), other = authority.issue();
  const Issued expired = authority.issue({.to = -60}), early = authority.issue({.from = 3600});
  struct Row {
    ServerTlsFiles files;
    PemFile file;
    std::string reason;
  };
  const Row rows[] = {
      {{.pair = {"", good.key}}, PemFile::certificate, "is empty"},
      {{.pair = {"junk", good.key}}, PemFile::certificate, "holds no certificate in PEM"},
      {{.pair = {good.certificate.substr(0, 300), good.key}},
       PemFile::certificate,
       "holds a certificate that cannot be read"},
      {{.pair = {good.certificate, ""}}, PemFile::key, "is empty"},
      {{.pair = {good.certificate, "junk"}}, PemFile::key, "holds no private key in PEM"},
      {{.pair = {good.certificate, other.key}}, PemFile::key, "is not the key of the certificate"},
      {{.pair = {expired.certificate, expired.key}}, PemFile::certificate, "expired at 2"},
      {{.pair = {early.certificate, early.key}}, PemFile::certificate, "is not valid before 2"},
      {{.pair = {good.certificate, good.key}, .client_authorities = "junk"},
       PemFile::authorities,
       "holds no certificate"},
  };
  for (const Row& row : rows) {
    const auto made = ServerTls::make(row.files, std::make_shared<TicketKeys>(clock));
    ASSERT_FALSE(made) << row.reason;
    EXPECT_EQ(made.error().file, row.file) << row.reason;
    EXPECT_NE(made.error().reason.find(row.reason), std::string::npos) << made.error().reason;
  }
  const auto made = ServerTls::make({.pair = {good.certificate, good.key}}, std::make_shared<TicketKeys>(clock));
  ASSERT_TRUE(made);
  EXPECT_NEAR(std::chrono::duration<double>((*made)->expires() - SystemClock().wall()).count(), 86400, 60);
}

// Connections that say nothing hold a place only until somebody needs it.
TEST_F(TlsServerTest, SilentConnectionsMakeRoomForOthers) {
  start({.pair = to_pair(authority.issue())}, {.head_timeout = 10s, .connections_max = 4});
  std::vector<RawSocket> silent;
  for (int i = 0; i < 4; ++i) silent.push_back(RawSocket::connect(server->port()));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_NE(get(*client()), "");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

TEST_F(TlsServerTest, TheHandshakesThatTakeLongestMakeRoomForOthers) {
  start({.pair = to_pair(authority.issue())}, {.head_timeout = 10s, .handshakes_max = 4});
  const auto served = client();
  EXPECT_NE(get(*served), "");
  std::vector<RawSocket> stalled;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i) {
    stalled.push_back(RawSocket::connect(server->port()));
    stalled.back().send("\x16\x03\x01\x02");  // the beginning of a record
  }
  for (int i = 0; i < 8; ++i) EXPECT_NE(get(*client()), "");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 3s) << "the handshake's deadline is 10 s";
  EXPECT_EQ(stalled.front().read_to_end(), "");
  EXPECT_GE(echo.failed(TlsFailure::crowded), 1);
  EXPECT_LE(echo.failed(TlsFailure::crowded), 4);
  EXPECT_NE(get(*served), "") << "who is past its handshake is left alone";
}

TEST_F(TlsServerTest, NoMoreHandshakesAreUnderWayThanMayBe) {
  start({.pair = to_pair(authority.issue())}, {.head_timeout = 10s, .handshakes_max = 4});
  std::vector<RawSocket> stalled;
  for (int i = 0; i < 12; ++i) {
    stalled.push_back(RawSocket::connect(server->port()));
    stalled.back().send("\x16\x03\x01\x02");
    std::this_thread::sleep_for(5ms);
    EXPECT_LE(server->connections(), 4u);
  }
  EXPECT_EQ(echo.failed(TlsFailure::crowded, 8), 8) << "all but the newest four";
}

}  // namespace
}  // namespace signet::net
