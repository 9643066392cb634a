#include "router/net/peer_watch.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "tests/support/raw_socket.hpp"

namespace signet::net {
namespace {

using testing_support::RawListener;
using testing_support::RawSocket;

class PeerWatchTest : public testing::Test {
 protected:
  // A connection whose near end is watched.
  struct Pair {
    RawSocket far, near;
  };
  Pair& connect() {
    RawSocket far = RawSocket::connect(listener.port());
    pairs.push_back(std::make_unique<Pair>(std::move(far), listener.accept()));
    watch.add(pairs.back()->near.descriptor(), pairs.back().get());
    return *pairs.back();
  }
  // Owners that were told of, in the order in which they were connected.
  std::vector<size_t> told() {
    std::vector<size_t> found;
    watch.collect([&](void* owner) {
      for (size_t i = 0; i < pairs.size(); ++i) {
        if (pairs[i].get() == owner) found.push_back(i);
      }
    });
    std::ranges::sort(found);
    return found;
  }

  RawListener listener;
  PeerWatch watch;
  std::vector<std::unique_ptr<Pair>> pairs;
};

TEST_F(PeerWatchTest, TellsOnceOfEachThatHasLeft) {
  for (int i = 0; i < 5; ++i) connect();
  EXPECT_EQ(told(), std::vector<size_t>{});
  pairs[0]->far.send("asks for nothing");
  EXPECT_EQ(told(), std::vector<size_t>{});
  pairs[1]->far.send("behind bytes that nobody reads");
  pairs[1]->far.shutdown_send();
  pairs[2]->far.close();
  pairs[3]->far.reset();
  EXPECT_EQ(told(), (std::vector<size_t>{1, 2, 3}));
  EXPECT_EQ(told(), std::vector<size_t>{});
  pairs[1]->far.close();
  pairs[0]->far.close();
  const auto later = told();
  EXPECT_EQ(later.front(), 0u);
}

TEST_F(PeerWatchTest, KnowsWhoHadLeftBefore) {
  RawSocket far = RawSocket::connect(listener.port());
  RawSocket near = listener.accept();
  far.close();
  bool left = false;
  watch.add(near.descriptor(), &left);
  watch.collect([](void* owner) { *static_cast<bool*>(owner) = true; });
  EXPECT_TRUE(left);
}

TEST_F(PeerWatchTest, ClosedDescriptorsAreForgotten) {
  Pair& pair = connect();
  pair.far.close();
  pair.near.close();
  EXPECT_EQ(told(), std::vector<size_t>{});
}

TEST_F(PeerWatchTest, TellsOfMoreThanOneLookTakes) {
  std::vector<size_t> all;
  for (size_t i = 0; i < 300; ++i) {
    connect().far.close();
    all.push_back(i);
  }
  EXPECT_EQ(told(), all);
}

}  // namespace
}  // namespace signet::net
