#include "router/net/resolver.hpp"

#include <future>
#include <gtest/gtest.h>
#include <thread>

#include "tests/support/loop_thread.hpp"
#include "tests/support/scripted_names.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using testing_support::ip;
using testing_support::LoopThread;
using testing_support::ScriptedNames;

SteadyTime now() {
  return std::chrono::steady_clock::now();
}

class ResolverTest : public testing::Test {
 protected:
  void start(ResolverSettings settings = {}) { resolver = std::make_unique<Resolver>(settings, names); }
  void TearDown() override { resolver->stop(); }

  std::future<Resolver::Answer> ask(const std::string& name, SteadyTime oldest = {}) {
    auto promise = std::make_shared<std::promise<Resolver::Answer>>();
    resolver->ask(name, oldest, loop.loop,
                  [promise](const Resolver::Answer& answer) mutable { promise->set_value(answer); });
    return promise->get_future();
  }

  ScriptedNames names;
  LoopThread loop;
  std::unique_ptr<Resolver> resolver;
};

TEST_F(ResolverTest, AnswersOnTheLoopOfTheAsker) {
  start();
  names.set("a.test", {"127.0.0.2", "::1"});
  std::promise<std::thread::id> there;
  resolver->ask("a.test", {}, loop.loop, [&](const Resolver::Answer& answer) {
    EXPECT_EQ(*answer.addresses, (Addresses{ip("127.0.0.2"), ip("::1")}));
    EXPECT_EQ(answer.problem, "");
    there.set_value(std::this_thread::get_id());
  });
  const std::thread::id asked = there.get_future().get();
  loop.run([&] { EXPECT_EQ(asked, std::this_thread::get_id()); });
}

// The limit of processes is reached for a moment.
TEST_F(ResolverTest, WhereNoThreadCanBeStartedWhoAsksIsToldAndTheNextTries) {
  bool refused = false;
  resolver = std::make_unique<Resolver>(ResolverSettings{.failure_pause = 0ms}, names, [&](std::function<void()> work) {
    if (!std::exchange(refused, true)) throw std::system_error(EAGAIN, std::generic_category());
    std::thread(std::move(work)).detach();
  });
  names.set("a.test", {"127.0.0.2"});
  EXPECT_EQ(ask("a.test").get().problem, "no thread can be started that looks names up");
  EXPECT_EQ(ask("a.test").get().addresses->size(), 1u);
}

TEST_F(ResolverTest, WhoAsksAtOnceSharesALookup) {
  start();
  names.set("a.test", {"127.0.0.2"});
  names.hold("a.test");
  std::vector<std::future<Resolver::Answer>> answers;
  for (int i = 0; i < 50; ++i) answers.push_back(ask("a.test"));
  names.wait_begun("a.test", 1);
  names.release("a.test");
  for (auto& answer : answers) EXPECT_EQ(answer.get().addresses->size(), 1u);
  EXPECT_EQ(names.lookups("a.test"), 1);
}

TEST_F(ResolverTest, AnAnswerServesThoseWhoAcceptItsAge) {
  start();
  names.set("a.test", {"127.0.0.2"});
  const SteadyTime looked_up = ask("a.test").get().looked_up;
  names.set("a.test", {"127.0.0.3"});
  EXPECT_EQ(*ask("a.test", looked_up).get().addresses, (Addresses{ip("127.0.0.2")}));
  EXPECT_EQ(names.lookups("a.test"), 1);
  EXPECT_EQ(*ask("a.test", now()).get().addresses, (Addresses{ip("127.0.0.3")}));
  EXPECT_EQ(names.lookups("a.test"), 2);
}

TEST_F(ResolverTest, WhoNeedsAYoungerAnswerThanTheOneUnderWayGetsIt) {
  start();
  names.set("a.test", {"127.0.0.2"});
  names.hold("a.test");
  auto first = ask("a.test");
  names.wait_begun("a.test", 1);
  auto second = ask("a.test", now());
  names.release("a.test");
  EXPECT_LT(first.get().looked_up, second.get().looked_up);
  EXPECT_EQ(names.lookups("a.test"), 2);
}

TEST_F(ResolverTest, ASlowNameHoldsUpNoOther) {
  start({.threads_max = 2});
  names.hold("slow.test");
  names.set("quick.test", {"127.0.0.2"});
  auto slow = ask("slow.test");
  names.wait_begun("slow.test", 1);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(ask("quick.test", now()).get().addresses);
  EXPECT_EQ(slow.wait_for(0s), std::future_status::timeout);
  names.release("slow.test");
  EXPECT_EQ(slow.get().problem, "no such name");
}

TEST_F(ResolverTest, LastGoodAddressesSurviveFailuresForAWhile) {
  start({.kept = 400ms, .failure_pause = 0ms});
  names.set("a.test", {"127.0.0.2"});
  ask("a.test").get();
  for (const char* problem : {"no such name", "server failure", "timed out"}) {
    names.fail("a.test", problem);
    const auto answer = ask("a.test", now()).get();
    ASSERT_TRUE(answer.addresses) << problem;
    EXPECT_EQ(answer.problem, problem);
    EXPECT_TRUE(resolver->known("a.test"));
  }
  std::this_thread::sleep_for(450ms);
  EXPECT_FALSE(resolver->known("a.test"));
  EXPECT_FALSE(ask("a.test", now()).get().addresses);
  names.set("a.test", {"127.0.0.3"});
  EXPECT_TRUE(ask("a.test", now()).get().addresses);
  EXPECT_TRUE(resolver->known("a.test"));
}

TEST_F(ResolverTest, FailuresAreNotRepeatedAtOnce) {
  start({.failure_pause = 300ms});
  EXPECT_EQ(ask("none.test").get().problem, "no such name");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ask("none.test", now()).get().problem, "no such name");
  EXPECT_EQ(names.lookups("none.test"), 1);
  std::this_thread::sleep_for(350ms);
  ask("none.test", now()).get();
  EXPECT_EQ(names.lookups("none.test"), 2);
}

TEST_F(ResolverTest, WaitingNamesAreBounded) {
  start({.threads_max = 1, .waiting_max = 2});
  names.hold("0.test");
  auto held = ask("0.test");
  names.wait_begun("0.test", 1);
  auto one = ask("1.test"), two = ask("2.test");
  EXPECT_EQ(ask("3.test").get().problem, "too many names are being looked up");
  names.release("0.test");
  EXPECT_EQ(one.get().problem, "no such name");
  EXPECT_EQ(two.get().problem, "no such name");
}

TEST_F(ResolverTest, RememberedNamesAreBounded) {
  start({.names_max = 10, .kept = 0ms});
  for (int i = 0; i < 100; ++i) ask(std::to_string(i) + ".test").get();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(std::to_string(i) + ".kept", now()).get().problem, "no such name");
}

TEST_F(ResolverTest, AnAnswerHasABoundedNumberOfAddresses) {
  resolver = std::make_unique<Resolver>(ResolverSettings{}, [](const std::string&) {
    return std::expected<Addresses, std::string>(Addresses(1000, ip("127.0.0.2")));
  });
  EXPECT_EQ(ask("a.test").get().addresses->size(), 64u);
  resolver->stop();
  resolver = std::make_unique<Resolver>(
      ResolverSettings{}, [](const std::string&) { return std::expected<Addresses, std::string>(Addresses()); });
  EXPECT_EQ(ask("a.test").get().problem, "the name has no address");
}

// A name server that does not answer must not keep a process from ending; its thread ends later, on its own.
TEST_F(ResolverTest, StoppingDoesNotWaitForALookupThatHangs) {
  start();
  names.hold("slow.test");
  bool replied = false;
  resolver->ask("slow.test", {}, loop.loop, [&](const Resolver::Answer&) { replied = true; });
  names.wait_begun("slow.test", 1);
  const SteadyTime begun = now();
  resolver->stop();
  EXPECT_LT(now() - begun, 2s);
  names.release("slow.test");
  loop.run([] {});
  EXPECT_FALSE(replied);
}

TEST_F(ResolverTest, StopsWhileManyAsk) {
  start();
  names.set("a.test", {"127.0.0.2"});
  std::atomic<bool> stop = false;
  std::vector<std::thread> askers;
  for (int i = 0; i < 3; ++i) {
    askers.emplace_back([&, i] {
      while (!stop) {
        resolver->ask(i == 0 ? "a.test" : std::to_string(i), now(), loop.loop, [](const Resolver::Answer&) {});
        std::this_thread::yield();
      }
    });
  }
  std::this_thread::sleep_for(50ms);
  resolver->stop();
  stop = true;
  for (auto& asker : askers) asker.join();
}

TEST(SystemLookup, KnowsLocalhostAndNoInvalidName) {
  const auto found = Resolver::system_lookup("localhost");
  ASSERT_TRUE(found) << found.error();
  for (const http::IpAddress& address : *found) EXPECT_TRUE(address.special()) << address.text();
  EXPECT_FALSE(Resolver::system_lookup("127.0.0.256"));
}

}  // namespace
}  // namespace signet::net
