#include "router/net/address_book.hpp"

#include <gtest/gtest.h>

#include "tests/support/loop_thread.hpp"
#include "tests/support/scripted_names.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using testing_support::ip;
using testing_support::LoopThread;
using testing_support::ScriptedNames;

class Woken final : public Waiter {
 public:
  void wake() override { ++times; }
  std::atomic<int> times = 0;
};

class AddressBookTest : public testing::Test {
 protected:
  void SetUp() override {
    loop.run([&] { book = std::make_shared<AddressBook>(resolver, loop.loop, "a.test", 4s); });
  }
  void TearDown() override {
    loop.run([&] { book.reset(); });
    resolver.stop();
  }
  /// Uses the book at `when` and waits until no lookup is under way.
  void use(SteadyTime when) {
    loop.run([&] { book->use(when); });
    bool asking = true;
    while (asking) loop.run([&] { asking = book->asking(); });
  }
  std::vector<std::string> in_turn(SteadyTime when) {
    std::vector<std::string> texts;
    for (const auto& candidate : book->candidates(when)) {
      texts.push_back((candidate.ejected ? "!" : "") + candidate.address.text());
    }
    return texts;
  }

  using Texts = std::vector<std::string>;
  const SteadyTime start = std::chrono::steady_clock::now();
  ScriptedNames names;
  Resolver resolver{{.failure_pause = 0ms}, names};
  LoopThread loop;
  std::shared_ptr<AddressBook> book;
};

TEST_F(AddressBookTest, AddressesTakeTurns) {
  names.set("a.test", {"127.0.0.2", "127.0.0.3", "127.0.0.4"});
  use(start);
  EXPECT_EQ(in_turn(start), (Texts{"127.0.0.2", "127.0.0.3", "127.0.0.4"}));
  EXPECT_EQ(in_turn(start), (Texts{"127.0.0.3", "127.0.0.4", "127.0.0.2"}));
  EXPECT_EQ(in_turn(start), (Texts{"127.0.0.4", "127.0.0.2", "127.0.0.3"}));
}

TEST_F(AddressBookTest, FailedOnesComeLastForTenSeconds) {
  names.set("a.test", {"127.0.0.2", "127.0.0.3"});
  use(start);
  book->failed(ip("127.0.0.2"), start);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(in_turn(start + 9s), (Texts{"127.0.0.3", "!127.0.0.2"}));
  book->failed(ip("127.0.0.3"), start + 5s);
  EXPECT_EQ(in_turn(start + 9s).size(), 2u) << "the last resort";
  EXPECT_EQ(in_turn(start + 11s), (Texts{"127.0.0.2", "!127.0.0.3"}));
  EXPECT_EQ(in_turn(start + 16s).back().front(), '1');
}

TEST_F(AddressBookTest, IsKeptYoungWhileInUse) {
  names.set("a.test", {"127.0.0.2"});
  use(start);
  const SteadyTime first = std::chrono::steady_clock::now();
  use(first + 3s);
  EXPECT_EQ(names.lookups("a.test"), 1);
  names.set("a.test", {"127.0.0.3"});
  names.hold("a.test");
  loop.run([&] {
    book->use(first + 4s);
    EXPECT_TRUE(book->asking());
    EXPECT_TRUE(book->lists(ip("127.0.0.2"))) << "the old ones serve meanwhile";
  });
  names.release("a.test");
  use(first + 4s);
  EXPECT_FALSE(book->lists(ip("127.0.0.2")));
  EXPECT_TRUE(book->lists(ip("127.0.0.3")));
  EXPECT_EQ(names.lookups("a.test"), 2);
}

TEST_F(AddressBookTest, OldAddressesServeWhileLookupsFail) {
  names.set("a.test", {"127.0.0.2"});
  use(start);
  names.fail("a.test", "server failure");
  use(start + 60s);
  EXPECT_EQ(book->problem(), "server failure");
  EXPECT_EQ(in_turn(start), (Texts{"127.0.0.2"}));
}

TEST_F(AddressBookTest, LooksAgainWhenNothingConnects) {
  names.set("a.test", {"127.0.0.2"});
  use(start);
  loop.run([&] {
    const SteadyTime now = std::chrono::steady_clock::now();
    if (now - start < 200ms) EXPECT_FALSE(book->look_again(now)) << "that was just done";
    EXPECT_TRUE(book->look_again(now + 300ms));
  });
}

TEST_F(AddressBookTest, WhoWaitsIsWoken) {
  names.hold("a.test");
  const auto woken = std::make_shared<Woken>();
  loop.run([&] {
    book->use(start);
    book->tell(woken);
    book->tell(std::weak_ptr<Waiter>());
  });
  EXPECT_EQ(woken->times, 0);
  names.release("a.test");
  use(start);
  EXPECT_EQ(woken->times, 1);
}

TEST_F(AddressBookTest, TakesWhatTheProcessKnows) {
  loop.run([&] { book->use_known(); });
  EXPECT_FALSE(book->known());
  names.set("a.test", {"127.0.0.2"});
  use(start);
  const auto other = std::make_shared<AddressBook>(resolver, loop.loop, "a.test", 4s);
  other->use_known();
  EXPECT_TRUE(other->known());
}

TEST_F(AddressBookTest, LiteralsAreNeverLookedUp) {
  const auto literal = std::make_shared<AddressBook>(ip("127.0.0.9"));
  literal->use(start);
  EXPECT_FALSE(literal->look_again(start + 1h));
  EXPECT_FALSE(literal->asking());
  EXPECT_TRUE(literal->known() && literal->lists(ip("127.0.0.9")) && !literal->lists(ip("127.0.0.8")));
}

}  // namespace
}  // namespace signet::net
