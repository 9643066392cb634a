#include "router/demo/subgraph_server.hpp"

#include "router/demo/shop.hpp"
#include "tests/support/raw_socket.hpp"

namespace signet::demo {
namespace {

using testing_support::RawSocket;

std::string exchange(uint16_t port, std::string_view method, std::string_view path, std::string_view body) {
  RawSocket socket = RawSocket::connect(port);
  EXPECT_TRUE(
      socket.send(fmt::format("{} {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: "
                              "application/json\r\ncontent-length: {}\r\n\r\n{}",
                              method, path, body.size(), body)));
  return socket.read_to_end();
}

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

TEST(DemoSubgraphServer, ServesEachSubgraphAtItsPath) {
  SubgraphServer server(shop());
  ASSERT_TRUE(server.start(0));
  EXPECT_EQ(server.urls().size(), 4u);
  EXPECT_EQ(server.urls().front(), fmt::format("http://127.0.0.1:{}/accounts", server.port()));
  EXPECT_EQ(body_of(exchange(server.port(), "POST", "/accounts", R"({"query":"{ me { name } }"})")),
            R"({"data":{"me":{"name":"Ada Lovelace"}}})");
  EXPECT_EQ(body_of(exchange(server.port(), "POST", "/products?x", R"({"query":"{ product(upc: \"3\") { name } }"})")),
            R"({"data":{"product":{"name":"Chair"}}})");
  EXPECT_EQ(server.requests(), 2u);
}

TEST(DemoSubgraphServer, RefusesOtherPathsAndMethods) {
  SubgraphServer server(shop());
  ASSERT_TRUE(server.start(0));
  EXPECT_TRUE(exchange(server.port(), "POST", "/nothing", "{}").starts_with("HTTP/1.1 404"));
  const std::string answer = exchange(server.port(), "PUT", "/accounts", "{}");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 405"));
  EXPECT_NE(answer.find("allow: POST\r\n"), std::string::npos);
}

TEST(DemoSubgraphServer, KeptAnswersEndWithAMutation) {
  SubgraphServer server(shop());
  ASSERT_TRUE(server.start(0));
  const std::string query = R"({"query":"{ review(id: 25) { body } }"})";
  EXPECT_EQ(body_of(exchange(server.port(), "POST", "/reviews", query)), R"({"data":{"review":null}})");
  EXPECT_EQ(body_of(exchange(server.port(), "POST", "/reviews", query)), R"({"data":{"review":null}})");
  (void)exchange(server.port(), "POST", "/reviews",
                 R"({"query":"mutation { addReview(input: {upc: \"1\", authorId: 1, body: \"New.\"}) { id } }"})");
  EXPECT_EQ(body_of(exchange(server.port(), "POST", "/reviews", query)), R"({"data":{"review":{"body":"New."}}})");
}

TEST(DemoSubgraphServer, SaysWhyItCannotListen) {
  SubgraphServer first(shop()), second(shop());
  ASSERT_TRUE(first.start(0));
  const auto bound = second.start(first.port());
  ASSERT_FALSE(bound);
  EXPECT_NE(bound.error().find(std::to_string(first.port())), std::string::npos);
}

}  // namespace
}  // namespace signet::demo
