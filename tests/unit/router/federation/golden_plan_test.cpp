// Plans as text, one file for each: a comment with the plan's ceilings, the operation, a line of dashes, then what
// print_plan says with its documents. SIGNET_UPDATE_GOLDEN=1 rewrites what follows the dashes; ceilings are only
// lowered by hand.
#include <algorithm>
#include <gtest/gtest.h>

#include "router/federation/plan_print.hpp"
#include "router/federation/plan_verify.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"
#include "tests/support/subgraph_schema.hpp"

namespace signet::federation {
namespace {

/// What a plan costs: requests, stages, bytes of the documents.
struct Cost {
  size_t requests = 0, stages = 0, bytes = 0;
};

Cost cost_of(const Plan& plan) {
  Cost cost{.requests = plan.requests.size()};
  for (const Request& request : plan.requests) {
    cost.stages = std::max<size_t>(cost.stages, request.stage + 1);
    cost.bytes += request.document.size();
  }
  return cost;
}

/// "# at most 3 requests, 2 stages, 410 bytes", the first line of every operation that has a plan.
void expect_within_ceiling(const std::string& operation, const Plan& plan, const std::string& file) {
  Cost most;
  ASSERT_EQ(std::sscanf(operation.c_str(), "# at most %zu requests, %zu stages, %zu bytes", &most.requests,
                        &most.stages, &most.bytes),
            3)
      << file << " has no ceilings";
  const Cost cost = cost_of(plan);
  EXPECT_LE(cost.requests, most.requests) << file;
  EXPECT_LE(cost.stages, most.stages) << file;
  EXPECT_LE(cost.bytes, most.bytes) << file;
}

void expect_valid_documents(const testing::SubgraphSchemas& schemas, const Supergraph& supergraph, const Plan& plan,
                            const std::string& file) {
  for (size_t i = 0; i < plan.requests.size(); ++i) {
    const Request& request = plan.requests[RequestId(i)];
    const std::string& subgraph = supergraph.subgraphs[request.subgraph].name;
    EXPECT_EQ(schemas.validate(subgraph, request.document), "") << file << ": " << subgraph << ": " << request.document;
  }
}

TEST(GoldenPlan, EveryFile) {
  size_t files = 0;
  for (const std::string& graph : testing::golden_graphs()) {
    const auto supergraph = load_supergraph(testing::golden_supergraph(graph));
    ASSERT_TRUE(supergraph) << graph << ": " << supergraph.error().front().message;
    const testing::SubgraphSchemas schemas(testing::golden_supergraph(graph));
    for (const auto& [file, operation, plan] : testing::golden_operations(graph)) {
      ++files;
      const testing::Planned planned = testing::plan_text(*supergraph, operation);
      const std::string actual = planned.plan ? print_plan(*supergraph, *planned.plan, true) : planned.error + "\n";
      if (std::getenv("SIGNET_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(file) << operation << testing::kGoldenSeparator << actual;
        continue;
      }
      ASSERT_TRUE(plan) << file;
      EXPECT_EQ(*plan, actual) << file;
      if (!planned.plan) continue;
      EXPECT_EQ(verify_plan(*supergraph, *planned.plan), "") << file;
      expect_valid_documents(schemas, *supergraph, *planned.plan, file.string());
      expect_within_ceiling(operation, *planned.plan, file.string());
    }
  }
  EXPECT_GT(files, 0u);
}

// The benchmark's operation over the demo graph.
TEST(GoldenPlan, WorkloadANeedsAtMostSevenRequests) {
  const std::filesystem::path root = testing::golden_folder() / "../..";
  const auto supergraph = load_supergraph(testing::read_file(root / "router/demo/supergraph.graphql"));
  ASSERT_TRUE(supergraph);
  const testing::Planned planned =
      testing::plan_text(*supergraph, testing::read_file(root / "tests/bench/heavy.graphql"));
  ASSERT_TRUE(planned.plan) << planned.error;
  EXPECT_LE(cost_of(*planned.plan).requests, 7u);
  EXPECT_LE(cost_of(*planned.plan).stages, 4u);
}

}  // namespace
}  // namespace signet::federation
