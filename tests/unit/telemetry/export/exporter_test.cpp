#include "telemetry/export/exporter.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_transport.hpp"
#include "tests/support/manual_clock.hpp"

namespace signet::telemetry {
namespace {

using namespace std::chrono_literals;
using testing_support::FakeTransport;
using testing_support::ManualClock;

class ExporterTest : public testing::Test {
 protected:
  ExporterTest() { make("http://127.0.0.1:4318"); }

  void make(std::string_view endpoint) {
    exporter = std::make_unique<Exporter>(
        ExporterSettings{.endpoint = *http::parse_url(endpoint), .resource = {.service_name = "s"}, .start = {}},
        transport, clock, labels, [this](std::chrono::milliseconds delay, std::function<void()> task) {
          delays.push_back(delay);
          tasks.push_back(std::move(task));
        });
  }
  void run_tasks() {
    while (!tasks.empty()) {
      auto task = std::move(tasks.front());
      tasks.pop_front();
      task();
    }
  }
  Series one_counter() {
    MetricShard shard;
    shard.add(MetricId::config_applied, {});
    return shard.series();
  }

  ManualClock clock{WallTime(std::chrono::seconds(1'800'000'000))};
  LabelTable labels;
  FakeTransport transport;
  std::deque<std::function<void()>> tasks;
  std::vector<std::chrono::milliseconds> delays;
  std::unique_ptr<Exporter> exporter;
};

// Field report 25: where each signal goes.
TEST_F(ExporterTest, PathsFollowTheBase) {
  const std::pair<std::string_view, std::string_view> rows[] = {{"http://127.0.0.1:4318", "/v1/metrics"},
                                                                {"http://127.0.0.1:4318/", "/v1/metrics"},
                                                                {"http://127.0.0.1:4318/otlp", "/otlp/v1/metrics"},
                                                                {"http://127.0.0.1:4318/otlp/", "/otlp/v1/metrics"}};
  for (const auto& [base, path] : rows) {
    make(base);
    exporter->flush(one_counter(), {});
    ASSERT_EQ(transport.pending.size(), 1u);
    const auto request = transport.answer(200);
    EXPECT_EQ(request.to->url.target, path);
    EXPECT_EQ(request.to->headers.get("content-type"), "application/x-protobuf");
    run_tasks();
    EXPECT_TRUE(exporter->idle());
  }
}

TEST_F(ExporterTest, RetriesWhatTheSpecificationSays) {
  for (const int status : {429, 502, 503, 504}) {
    exporter->flush(one_counter(), {});
    transport.answer(status);
    run_tasks();
    ASSERT_EQ(transport.pending.size(), 1u) << status;
    transport.answer(200);
    run_tasks();
  }
  EXPECT_EQ(exporter->dropped(), 0u);
}

TEST_F(ExporterTest, DropsWhatMustNotBeRetried) {
  for (const int status : {400, 401, 404, 413, 500, 302}) {
    exporter->flush(one_counter(), {});
    transport.answer(status);
    run_tasks();
    EXPECT_TRUE(transport.pending.empty()) << status;
  }
  EXPECT_EQ(exporter->dropped(), 6u);
}

TEST_F(ExporterTest, GivesUpAfterAFewTries) {
  exporter->flush(one_counter(), {});
  int tries = 0;
  for (; !transport.pending.empty() && tries < 20; ++tries) {
    transport.fail(http::TransportError::unreachable);
    run_tasks();
  }
  EXPECT_EQ(tries, Exporter::kAttemptsMax);
  EXPECT_EQ(exporter->dropped(), 1u);
}

TEST_F(ExporterTest, RetryAfterIsHonouredAndCapped) {
  exporter->flush(one_counter(), {});
  http::Headers after;
  after.add("Retry-After", "7");
  transport.answer(503, {}, after);
  tasks.front()();  // the answer is looked at
  EXPECT_EQ(delays.back(), 7s);
  after.set("Retry-After", "1000000000");
  tasks.clear();
}

TEST_F(ExporterTest, QueuesAreBounded) {
  exporter->add_spans(std::vector<Span>(Exporter::kSpansQueuedMax + 10));
  EXPECT_EQ(exporter->dropped(), 10u);
  for (size_t i = 0; i < 200; ++i) exporter->flush(one_counter(), {});
  EXPECT_EQ(transport.pending.size(), 1u);
  EXPECT_GT(exporter->dropped(), 100u);
}

}  // namespace
}  // namespace signet::telemetry
