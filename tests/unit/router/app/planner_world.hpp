// A graph as a snapshot, and operations on it, for tests of caches and planners.
#pragma once

#include <memory>
#include <string>

#include "router/app/planner_pool.hpp"
#include "router/graphql/parser.hpp"
#include "tests/support/golden.hpp"

namespace signet::app {

inline std::shared_ptr<const Snapshot> make_snapshot(const std::string& supergraph, uint64_t generation = 1,
                                                     const config::Config& config = {}) {
  auto loaded = federation::load_supergraph(testing::golden_supergraph(supergraph));
  EXPECT_TRUE(loaded) << loaded.error().front().message;
  auto settings = Settings::make(config, true);
  EXPECT_TRUE(settings) << settings.error();
  return std::make_shared<const Snapshot>(
      Snapshot{.generation = generation,
               .settings = *settings,
               .graph = std::make_shared<const Graph>(Graph{{}, std::move(*loaded)}),
               .endpoints = nullptr,
               .operations = nullptr});
}

/// An operation that nothing but its text tells from others.
inline std::shared_ptr<const PreparedOperation> make_operation(const std::string& text, const std::string& name = "",
                                                               Hash128 hash = {}) {
  if (hash == Hash128{}) hash = OperationKey::of(text, name).hash;
  return std::make_shared<const PreparedOperation>(hash, name, *graphql::parse_executable(text));
}

inline OperationVariant make_variant(uint32_t condition_mask, size_t bytes = 1000) {
  return {condition_mask, std::make_shared<const federation::Plan>(), nullptr,
          std::make_shared<const telemetry::UsageTemplate>(), bytes};
}

inline PlanQuestion question(std::shared_ptr<const Snapshot> snapshot, const std::string& text) {
  return {.snapshot = std::move(snapshot),
          .hash = OperationKey::of(text, "").hash,
          .text = text,
          .name = {},
          .operation = nullptr};
}

}  // namespace signet::app
