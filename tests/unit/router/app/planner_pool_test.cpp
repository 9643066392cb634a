#include "router/app/planner_pool.hpp"

#include <future>
#include <gtest/gtest.h>
#include <semaphore>

#include "tests/support/loop_thread.hpp"
#include "tests/unit/router/app/planner_world.hpp"

namespace signet::app {
namespace {

using testing_support::LoopThread;

// A pool whose work a test holds back and counts; two workers ask.
class PlannerPoolTest : public ::testing::Test {
 protected:
  ~PlannerPoolTest() override { release(1'000); }

  void start(PlannerPool::Settings settings, PlannerPool::Work work = nullptr) {
    if (!work) {
      work = [this](const PlanQuestion& question) {
        ++begun;
        held.acquire();
        return Planned{.operation = make_operation(question.text, question.name, question.hash),
                       .variants = {make_variant(0)},
                       .errors = {}};
      };
    }
    pool = std::make_unique<PlannerPool>(
        settings, std::move(work), [this](std::chrono::nanoseconds) { ++reports; }, clock);
    pool->use(1);
  }

  std::future<Planned> ask(PlanQuestion question, int worker = 0, SteadyTime deadline = SteadyTime::max()) {
    auto promise = std::make_shared<std::promise<Planned>>();
    EXPECT_TRUE(pool->ask(std::move(question), deadline, workers[static_cast<size_t>(worker)].loop,
                          [promise](const Planned& planned) { promise->set_value(planned); }));
    return promise->get_future();
  }
  std::future<Planned> ask(const std::string& text) { return ask(question(snapshot, text)); }

  void release(int works) { held.release(works); }
  void wait_begun(int works) const {
    while (begun < works) std::this_thread::yield();
  }

  SystemClock clock;
  telemetry::LabelTable labels;
  std::shared_ptr<const Snapshot> snapshot = make_snapshot("shop");
  std::counting_semaphore<> held{0};
  std::atomic<int> begun = 0, reports = 0;
  std::array<LoopThread, 2> workers;
  std::unique_ptr<PlannerPool> pool;
};

ErrorCode code(const Planned& planned) {
  return planned.errors.empty() ? ErrorCode::INTERNAL_ERROR : planned.errors.front().code;
}

TEST_F(PlannerPoolTest, OneFlightForAllWhoAskTheSame) {
  start({.threads = 2});
  std::vector<std::future<Planned>> answers;
  for (int i = 0; i < 200; ++i) answers.push_back(ask(question(snapshot, "{ a }"), i % 2));
  answers.push_back(ask("{ b }"));
  wait_begun(2);  // both planners are busy: nothing else is begun, nothing answered
  release(2);
  const Planned first = answers.front().get();
  for (int i = 1; i < 200; ++i) {
    const Planned planned = answers[static_cast<size_t>(i)].get();
    EXPECT_EQ(planned.operation, first.operation);
    EXPECT_EQ(planned.variants.front().plan, first.variants.front().plan);
  }
  EXPECT_EQ(answers.back().get().operation->document.source(), "{ b }");
  EXPECT_TRUE(ask("{ a }").get().cached);
  EXPECT_EQ(begun, 2);
  EXPECT_EQ(reports, 2);
  EXPECT_EQ(pool->cached_operations(), 2u);
  EXPECT_GT(pool->cached_bytes(), 2'000u);
}

TEST_F(PlannerPoolTest, RefusalsReachAllWhoWaitAndAreNotKept) {
  start({}, [this](const PlanQuestion&) {
    ++begun;
    held.acquire();
    return Planned{.operation = nullptr, .variants = {}, .errors = {{ErrorCode::GRAPHQL_PARSE_FAILED, "no", {}}}};
  });
  std::vector<std::future<Planned>> answers;
  for (int i = 0; i < 20; ++i) answers.push_back(ask("{ a"));
  auto other = ask("{ b");
  wait_begun(1);
  release(1);
  for (auto& answer : answers) EXPECT_EQ(code(answer.get()), ErrorCode::GRAPHQL_PARSE_FAILED);
  release(2);
  EXPECT_EQ(code(ask("{ a").get()), ErrorCode::GRAPHQL_PARSE_FAILED);
  EXPECT_EQ(begun, 3);
  EXPECT_EQ(pool->cached_operations(), 0u);
}

TEST_F(PlannerPoolTest, OperationsWithOneHashAreToldApart) {
  start({.threads = 2});
  auto a = question(snapshot, "{ a }"), b = question(snapshot, "{ b }");
  a.hash = b.hash = {1, 2};
  auto answer_a = ask(a), answer_b = ask(b);
  wait_begun(2);
  release(2);
  EXPECT_EQ(answer_a.get().operation->document.source(), "{ a }");
  EXPECT_EQ(answer_b.get().operation->document.source(), "{ b }");
  EXPECT_EQ(ask(a).get().operation->document.source(), "{ a }");
  EXPECT_EQ(ask(b).get().operation->document.source(), "{ b }");
  EXPECT_EQ(begun, 2);
}

TEST_F(PlannerPoolTest, AFullQueueRefusesAtOnceAndTheCacheStillAnswers) {
  start({.threads = 1, .queued_max = 2});
  release(1);
  ask("{ known }").get();
  std::vector<std::future<Planned>> answers;
  answers.push_back(ask("{ a }"));
  wait_begun(2);
  answers.push_back(ask("{ b }"));
  answers.push_back(ask("{ c }"));
  EXPECT_EQ(code(ask("{ d }").get()), ErrorCode::PLANNER_BUSY);
  EXPECT_TRUE(ask("{ known }").get().cached);
  answers.push_back(ask("{ b }"));  // waits with the other one, takes no place
  release(3);
  for (auto& answer : answers) EXPECT_TRUE(answer.get().operation);
  EXPECT_EQ(begun, 4);
}

TEST_F(PlannerPoolTest, NoMoreThanSoManyWait) {
  start({.waiting_max = 3});
  std::vector<std::future<Planned>> answers;
  for (int i = 0; i < 3; ++i) answers.push_back(ask("{ a }"));
  EXPECT_FALSE(
      pool->ask(question(snapshot, "{ a }"), SteadyTime::max(), workers[0].loop, [](const Planned&) { FAIL(); }));
  release(1);
  for (auto& answer : answers) answer.get();
  EXPECT_TRUE(ask("{ a }").get().cached);
}

TEST_F(PlannerPoolTest, NothingIsPlannedForThoseWhoHaveLeft) {
  start({.threads = 1});
  auto first = ask("{ a }");
  wait_begun(1);
  auto late = ask(question(snapshot, "{ b }"), 0, SteadyTime::min());
  auto patient = ask("{ c }");
  release(2);
  first.get();
  patient.get();
  EXPECT_EQ(code(late.get()), ErrorCode::PLANNER_BUSY);
  EXPECT_EQ(begun, 2);
}

TEST_F(PlannerPoolTest, AnotherGenerationStartsEmpty) {
  start({.threads = 1});
  release(1);
  ask("{ a }").get();
  auto old = ask("{ b }");
  wait_begun(2);
  pool->use(2);
  auto fresh = ask(question(make_snapshot("shop", 2), "{ b }"));
  release(2);
  EXPECT_NE(old.get().operation, fresh.get().operation);
  EXPECT_EQ(begun, 3);  // of one text in two generations there are two operations
  EXPECT_EQ(pool->cached_operations(), 1u);
  release(1);
  EXPECT_FALSE(ask("{ a }").get().cached);  // a request of before the change is served, not kept
  EXPECT_EQ(pool->cached_operations(), 1u);
}

TEST_F(PlannerPoolTest, WhatIsWarmNeedsNoPlanner) {
  start({});
  std::vector<Planned> warm;
  warm.push_back({.operation = make_operation("{ a }"), .variants = {make_variant(0)}, .errors = {}});
  warm.push_back({.operation = make_operation("{ b }"), .variants = {make_variant(0)}, .errors = {}});
  pool->use(2, std::move(warm));
  snapshot = make_snapshot("shop", 2);
  EXPECT_TRUE(ask("{ a }").get().cached);
  EXPECT_TRUE(ask("{ b }").get().cached);
  EXPECT_TRUE(ask("{ b }").get().cached);
  EXPECT_EQ(begun, 0);
  std::promise<std::vector<HotOperation>> hottest;
  pool->hottest(1, workers[0].loop, [&](std::vector<HotOperation> list) { hottest.set_value(std::move(list)); });
  EXPECT_EQ(hottest.get_future().get().at(0).operation->document.source(), "{ b }");
}

TEST_F(PlannerPoolTest, StopsWhileRequestsWait) {
  start({.threads = 1});
  const auto state = std::make_shared<int>();
  for (const char* text : {"{ a }", "{ a }", "{ b }"}) {
    EXPECT_TRUE(pool->ask(question(snapshot, text), SteadyTime::max(), workers[0].loop, [state](const Planned&) {}));
  }
  wait_begun(1);
  workers[0].stop();
  release(1);  // its answer, if it is still sent, goes to a loop that runs no more
  pool->stop();
  EXPECT_LE(begun, 2);
  pool.reset();
}

TEST_F(PlannerPoolTest, ManyAskAndLeaveAtOnce) {
  release(100'000);
  start({.threads = 2, .cache_bytes_max = 1u << 20});
  std::atomic<int> answered = 0;
  for (auto& worker : workers) {
    worker.loop.post([&] {
      for (int i = 0; i < 2'000; ++i) {
        while (!pool->ask(question(snapshot, "{ a } #" + std::to_string(i)), SteadyTime::max(), worker.loop,
                          [&](const Planned&) { ++answered; })) {
        }
      }
    });
  }
  for (uint64_t generation = 2; answered < 4'000; ++generation) {
    pool->use(generation % 2);
    EXPECT_LE(pool->cached_bytes(), 1u << 20);
    std::this_thread::yield();
  }
}

TEST_F(PlannerPoolTest, PlansWhatIsAskedFor) {
  std::atomic<int> works = 0;
  start({}, [&](const PlanQuestion& question) {
    ++works;
    return plan_operation(question, labels);
  });
  const Planned plain = ask("{ product(id: 1) { name } }").get();
  ASSERT_EQ(plain.variants.size(), 1u);
  EXPECT_EQ(plain.variants.front().plan->fetches.size(), 1u);

  const std::string text = "query($a: Boolean!) { product(id: 1) { name count @include(if: $a) } }";
  const Planned conditional = ask(text).get();
  ASSERT_TRUE(conditional.operation);
  EXPECT_TRUE(conditional.variants.empty() && conditional.errors.empty());
  for (const uint32_t mask : {0u, 1u}) {
    const PlanQuestion variant{.snapshot = snapshot,
                               .hash = {},
                               .text = {},
                               .name = {},
                               .operation = conditional.operation,
                               .condition_mask = mask};
    std::vector<std::future<Planned>> answers;
    for (int i = 0; i < 10; ++i) answers.push_back(ask(variant));
    for (auto& answer : answers) {
      const Planned planned = answer.get();
      ASSERT_EQ(planned.variants.size(), 1u);
      EXPECT_EQ(planned.variants.front().condition_mask, mask);
      EXPECT_EQ(planned.variants.front().plan->fetches.size(), mask + 1);
    }
  }
  EXPECT_EQ(works, 4);
  EXPECT_EQ(ask(text).get().variants.size(), 2u);
  EXPECT_EQ(code(ask("{ product").get()), ErrorCode::GRAPHQL_PARSE_FAILED);
  EXPECT_EQ(code(ask("{ none }").get()), ErrorCode::GRAPHQL_VALIDATION_FAILED);
}

}  // namespace
}  // namespace signet::app
