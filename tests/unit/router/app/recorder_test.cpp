#include "router/app/recorder.hpp"

#include <gtest/gtest.h>

namespace signet::app {
namespace {

TEST(Recorder, HandsOverOnceAndBounded) {
  telemetry::LabelTable labels;
  Recorder recorder(labels, 1.0, "/graphql");
  for (int i = 0; i < 30'000; ++i) recorder.request({});
  const Harvest first = recorder.harvest();
  EXPECT_EQ(first.access.size(), 20'000u);
  EXPECT_EQ(first.dropped, 10'000u);
  EXPECT_TRUE(recorder.harvest().access.empty());
}

TEST(Recorder, CountsNoUsageThatNobodyTakes) {
  telemetry::LabelTable labels;
  Recorder recorder(labels, 0, "/graphql", false);
  recorder.usage(std::make_shared<telemetry::UsageTemplate>(), false);
  EXPECT_TRUE(recorder.take_usage().empty());
}

TEST(Recorder, CountsUsagePerOperation) {
  telemetry::LabelTable labels;
  Recorder recorder(labels, 0, "/graphql");
  const auto operation = std::make_shared<telemetry::UsageTemplate>();
  recorder.usage(operation, false);
  recorder.usage(operation, true);
  const auto usage = recorder.take_usage();
  ASSERT_EQ(usage.size(), 1u);
  EXPECT_EQ(usage[0].requests, 2u);
  EXPECT_EQ(usage[0].errors, 1u);
  EXPECT_TRUE(recorder.take_usage().empty());
}

TEST(Recorder, UsageIsBoundedInBytes) {
  telemetry::LabelTable labels;
  Recorder recorder(labels, 0, "/graphql");
  const auto large = [] {
    auto operation = std::make_shared<telemetry::UsageTemplate>();
    operation->fields.resize(50'000);
    return operation;
  };
  for (int i = 0; i < 10; ++i) recorder.usage(large(), false);
  EXPECT_EQ(recorder.take_usage().size(), 5u);
  EXPECT_EQ(recorder.harvest().dropped, 5u);
  recorder.usage(large(), false);
  EXPECT_EQ(recorder.take_usage().size(), 1u);
}

TEST(Recorder, RememberedUserAgentsAreBounded) {
  telemetry::LabelTable labels;
  Recorder recorder(labels, 0, "/graphql");
  for (int i = 0; i < 10'000; ++i) EXPECT_FALSE(recorder.user_agent("curl/" + std::to_string(i)).empty());
  EXPECT_EQ(labels.text(recorder.user_agent("curl/8")), "curl");
}

}  // namespace
}  // namespace signet::app
