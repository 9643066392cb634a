// A worker behind its server, with planners that the test holds back. Where operations need subgraphs, nobody listens
// there.
#include "router/app/worker.hpp"

#include <gtest/gtest.h>
#include <semaphore>

#include "router/net/free_port.hpp"
#include "tests/support/loop_thread.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/unit/router/app/planner_world.hpp"

namespace signet::app {
namespace {

using namespace std::chrono_literals;
using testing_support::LoopThread;
using testing_support::RawSocket;

// Somebody sets the wall clock back by a minute each time it is asked.
class ClockSetBack final : public Clock {
 public:
  SteadyTime steady() const override { return system_.steady(); }
  WallTime wall() const override {
    return system_.wall() - std::chrono::minutes(asked_.fetch_add(1, std::memory_order_relaxed));
  }

 private:
  SystemClock system_;
  mutable std::atomic<int> asked_ = 0;
};

// With subgraphs at a port where nobody listens.
std::shared_ptr<const Snapshot> unreachable_snapshot(const config::Config& config, telemetry::LabelTable& labels) {
  auto snapshot = std::make_shared<Snapshot>(*make_snapshot("shop", 1, config));
  const std::string url = "http://127.0.0.1:" + std::to_string(net::free_loopback_port()) + "/";
  auto endpoints = std::make_shared<Endpoints>();
  for (const federation::Subgraph& subgraph : snapshot->graph->supergraph.subgraphs) {
    endpoints->push_back({.to = http::make_destination({.url = *http::parse_url(url)}),
                          .timeout = 5s,
                          .label = labels.subgraph(subgraph.name)});
  }
  snapshot->endpoints = std::move(endpoints);
  return snapshot;
}

// Requests that come to the worker as if they had waited for their turn.
class LateHandler final : public net::ServerHandler {
 public:
  std::optional<net::ServerResponse> admit(const net::ServerRequest& head) override { return worker->admit(head); }
  void handle(const net::ServerRequest& request, net::Responder responder) override {
    net::ServerRequest late = request;
    late.waited = waited;
    worker->handle(late, std::move(responder));
  }
  net::ServerResponse refuse(int status, ErrorCode code, std::string_view message,
                             const net::ServerRequest* head) override {
    return worker->refuse(status, code, message, head);
  }
  Worker* worker = nullptr;
  std::chrono::milliseconds waited{};
};

class WorkerTest : public ::testing::Test {
 protected:
  void start(PlannerPool::Settings settings = {}, std::chrono::milliseconds client_timeout = 30s,
             double trace_sample = 0) {
    config::Config config;
    config.client_timeout = client_timeout;
    config.telemetry.trace_sample = trace_sample;
    planners = std::make_unique<PlannerPool>(
        settings,
        [this](const PlanQuestion& question) {
          ++begun;
          held.acquire();
          return plan_operation(question, labels);
        },
        [](std::chrono::nanoseconds) {}, clock);
    planners->use(1);
    worker = std::make_unique<Worker>(worker_loop.loop, clock, labels, unreachable_snapshot(config, labels), *planners,
                                      resolver, WorkerShare{});
    server = std::make_unique<net::HttpServer>(acceptor.loop, std::vector<net::EventLoop*>{&worker_loop.loop},
                                               std::vector<net::ServerHandler*>{&handler}, net::ServerSettings{});
    handler.worker = worker.get();
    acceptor.run([&] { ASSERT_TRUE(server->listen({"127.0.0.1", 0, {}})); });
  }
  void TearDown() override {
    acceptor.stop();
    worker_loop.stop();
    held.release(1'000);
    planners->stop();
    server.reset();
  }

  RawSocket send(const std::string& query, const std::string& variables = "{}") {
    RawSocket socket = RawSocket::connect(server->port());
    const std::string body = R"({"query":")" + query + R"(","variables":)" + variables + "}";
    socket.send(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    return socket;
  }
  std::string ask(const std::string& query, const std::string& variables = "{}") {
    return send(query, variables).read_to_end();
  }
  void wait_begun(int works) const {
    while (begun < works) std::this_thread::yield();
  }
  int64_t count(telemetry::MetricId metric) {
    int64_t value = 0;
    worker_loop.run([&] {
      const auto& series = worker->recorder().metrics.series();
      if (const auto found = series.find({metric, {}}); found != series.end()) value = found->second.value;
    });
    return value;
  }

  ClockSetBack clock;
  telemetry::LabelTable labels;
  net::Resolver resolver;
  std::counting_semaphore<> held{0};
  std::atomic<int> begun = 0;
  LoopThread acceptor, worker_loop;
  std::unique_ptr<PlannerPool> planners;
  std::unique_ptr<Worker> worker;
  LateHandler handler;
  std::unique_ptr<net::HttpServer> server;
};

bool answered(const std::string& answer, std::string_view data) {
  return answer.starts_with("HTTP/1.1 200") && answer.ends_with(data);
}

TEST_F(WorkerTest, WhatIsCachedIsAnsweredWhileOthersArePlanned) {
  start();
  held.release(1);
  EXPECT_TRUE(answered(ask("{ __typename }"), R"({"data":{"__typename":"Query"}})"));
  std::vector<RawSocket> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(send("{ a: __typename }"));
  wait_begun(2);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(answered(ask("{ __typename }"), R"({"data":{"__typename":"Query"}})"));
  EXPECT_EQ(begun, 2);
  held.release(1);
  for (RawSocket& socket : waiting) EXPECT_TRUE(answered(socket.read_to_end(), R"({"data":{"a":"Query"}})"));
  EXPECT_EQ(begun, 2);
  EXPECT_EQ(count(telemetry::MetricId::plan_cache_hits), 100);
  EXPECT_EQ(count(telemetry::MetricId::plan_cache_misses), 4);
}

TEST_F(WorkerTest, EachOutcomeOfItsConditionsIsPlannedOnce) {
  start();
  held.release(3);
  const std::string query = "query($a: Boolean!) { __typename b: __typename @include(if: $a) }";
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(answered(ask(query, R"({"a":true})"), R"({"data":{"__typename":"Query","b":"Query"}})"));
    EXPECT_TRUE(answered(ask(query, R"({"a":false})"), R"({"data":{"__typename":"Query"}})"));
  }
  EXPECT_NE(ask(query).find("BAD_USER_INPUT"), std::string::npos);
  EXPECT_EQ(begun, 3);
}

TEST_F(WorkerTest, WhoWaitsTooLongIsToldSoAndTheLateAnswerIsKept) {
  start({}, 100ms);
  const std::string late = ask("{ __typename }");
  EXPECT_TRUE(late.starts_with("HTTP/1.1 504") && late.find("ROUTER_TIMEOUT") != std::string::npos) << late;
  held.release(1);
  while (planners->cached_operations() == 0) std::this_thread::yield();
  EXPECT_TRUE(answered(ask("{ __typename }"), R"({"data":{"__typename":"Query"}})"));
  EXPECT_EQ(begun, 1);
}

TEST_F(WorkerTest, WhoLeavesWhileItWaitsForAPlanIsForgotten) {
  start();
  send("{ a: __typename }").reset();
  wait_begun(1);
  while (count(telemetry::MetricId::requests_cancelled) == 0) std::this_thread::yield();
  // The connection ends in a step of its own, right after the count.
  for (int i = 0; i < 5'000 && server->requests_in_flight() != 0; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(server->requests_in_flight(), 0u);
  std::vector<telemetry::AccessRecord> records;
  worker_loop.run([&] { records = worker->recorder().harvest().access; });
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].status, 499);
  EXPECT_EQ(records[0].response_bytes, 0u);
  held.release(1);  // the plan is made all the same, for the next who asks
  while (planners->cached_operations() == 0) std::this_thread::yield();
  EXPECT_TRUE(answered(ask("{ a: __typename }"), R"({"data":{"a":"Query"}})"));
  EXPECT_EQ(begun, 1);
}

TEST_F(WorkerTest, AFullQueueIs503) {
  start({.threads = 1, .queued_max = 0});
  RawSocket waiting = send("{ a: __typename }");
  wait_begun(1);
  const std::string busy = ask("{ __typename }");
  EXPECT_TRUE(busy.starts_with("HTTP/1.1 503") && busy.find("PLANNER_BUSY") != std::string::npos) << busy;
  EXPECT_NE(busy.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(count(telemetry::MetricId::planner_refused), 1);
  held.release(1);
  EXPECT_TRUE(answered(waiting.read_to_end(), R"({"data":{"a":"Query"}})"));
}

TEST_F(WorkerTest, DurationsAndSpansDoNotJumpWithTheWallClock) {
  start({}, 30s, 1.0);
  held.release(1);
  EXPECT_NE(ask("{ latestReviews { stars } }").find("SUBGRAPH_UNREACHABLE"), std::string::npos);
  worker_loop.run([&] {
    int fetches = 0;
    for (const auto& [key, cell] : worker->recorder().metrics.series()) {
      if (key.metric != telemetry::MetricId::client_duration) continue;
      ++fetches;
      EXPECT_GE(cell.sum, 0);
      EXPECT_LT(cell.sum, 30);
    }
    EXPECT_EQ(fetches, 1);
    const auto spans = worker->recorder().harvest().spans;
    ASSERT_EQ(spans.size(), 2u);
    const auto& [fetch, request] = std::pair(spans[0], spans[1]);
    EXPECT_EQ(fetch.parent, request.id);
    EXPECT_LE(request.start, fetch.start);
    EXPECT_LE(fetch.start, fetch.end);
    EXPECT_LE(fetch.end, request.end);
  });
}

TEST_F(WorkerTest, TheTimeThatARequestWaitedForItsTurnIsPartOfItsTime) {
  handler.waited = 2s;
  start({}, 3s);
  held.release(1);
  EXPECT_TRUE(answered(ask("{ __typename }"), R"({"data":{"__typename":"Query"}})"));
  std::vector<telemetry::AccessRecord> records;
  worker_loop.run([&] { records = worker->recorder().harvest().access; });
  ASSERT_EQ(records.size(), 1u);
  EXPECT_GE(records[0].duration_us, 2'000'000u);
  const SteadyTime asked = clock.steady();
  EXPECT_TRUE(ask("{ late: __typename }").starts_with("HTTP/1.1 504")) << "nobody plans it";
  EXPECT_GE(clock.steady() - asked, 900ms);
  EXPECT_LT(clock.steady() - asked, 2500ms);
  handler.waited = 3s;
  EXPECT_TRUE(ask("{ __typename }").starts_with("HTTP/1.1 504")) << "its time was over before its turn";
}

TEST_F(WorkerTest, ErrorsOfTheOperationReachTheClient) {
  start();
  held.release(3);
  EXPECT_NE(ask("{ none }").find("GRAPHQL_VALIDATION_FAILED"), std::string::npos);
  EXPECT_NE(ask("{").find("GRAPHQL_PARSE_FAILED"), std::string::npos);
}

}  // namespace
}  // namespace signet::app
