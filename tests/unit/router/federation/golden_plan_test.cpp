// Plans as text, one file for each: operation, a line of dashes, then what print_plan says with its documents.
// SIGNET_UPDATE_GOLDEN=1 rewrites the second half.
#include <algorithm>
#include <gtest/gtest.h>

#include "router/federation/plan_print.hpp"
#include "router/federation/plan_verify.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace signet::federation {
namespace {

constexpr std::string_view kSeparator = "\n----\n";

TEST(GoldenPlan, EveryFile) {
  size_t files = 0;
  for (const auto& folder : std::filesystem::directory_iterator(testing::golden_folder() / "plans")) {
    const auto supergraph = load_supergraph(testing::golden_supergraph(folder.path().filename()));
    ASSERT_TRUE(supergraph) << folder.path() << ": " << supergraph.error().front().message;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      ++files;
      const std::string text = testing::read_file(entry.path());
      const size_t separator = text.find(kSeparator);
      const std::string operation = text.substr(0, separator);
      const testing::Planned planned = testing::plan_text(*supergraph, operation);
      const std::string actual = planned.plan ? print_plan(*supergraph, *planned.plan, true) : planned.error + "\n";
      if (std::getenv("SIGNET_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(entry.path()) << operation << kSeparator << actual;
        continue;
      }
      ASSERT_NE(separator, std::string::npos) << entry.path();
      EXPECT_EQ(text.substr(separator + kSeparator.size()), actual) << entry.path();
      if (planned.plan) EXPECT_EQ(verify_plan(*supergraph, *planned.plan), "") << entry.path();
    }
  }
  EXPECT_GT(files, 0u);
}

}  // namespace
}  // namespace signet::federation
