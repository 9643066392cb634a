// What each stage of planning says, as text: tests/golden/stages/SUPERGRAPH.NAME.golden. SIGNET_UPDATE_GOLDEN=1
// rewrites what follows the dashes. Conditions are all false.
#include "router/federation/plan_stages.hpp"

#include <gtest/gtest.h>

#include "router/operation/operation_outline.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace signet::federation {
namespace {

constexpr std::string_view kSeparator = "\n----\n";
std::string all_stages(const Supergraph& supergraph, const std::string& text) {
  const auto document = graphql::parse_executable(text);
  if (!document) return document.error().message;
  const auto operation =
      operation::normalize(*document, supergraph.schema, *operation::select_operation(*document, {}), 0);
  if (!operation) return operation.error().message;
  std::string result = operation::outline(*operation, supergraph.schema).print_text();
  for (PlanStage stage : kPlanStages) {
    const auto outline = plan_stage(supergraph, *document, *operation, stage);
    result += outline ? outline->print_text() : testing::describe(outline.error()) + "\n";
  }
  return result;
}

TEST(PlanStages, EveryFile) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testing::golden_folder() / "stages")) {
    ++files;
    const std::string name = entry.path().filename();
    const auto supergraph = load_supergraph(testing::golden_supergraph(name.substr(0, name.find('.'))));
    ASSERT_TRUE(supergraph) << name;
    const std::string text = testing::read_file(entry.path());
    const size_t separator = text.find(kSeparator);
    ASSERT_NE(separator, std::string::npos) << name;
    const std::string operation = text.substr(0, separator);
    const std::string actual = all_stages(*supergraph, operation);
    if (std::getenv("SIGNET_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(entry.path()) << operation << kSeparator << actual;
      continue;
    }
    EXPECT_EQ(text.substr(separator + kSeparator.size()), actual) << name;
  }
  EXPECT_GT(files, 0u);
}

TEST(PlanStages, TheErrorIsThePlannersOwn) {
  const auto supergraph = load_supergraph(testing::golden_supergraph("library"));
  ASSERT_TRUE(supergraph);
  const std::string text = "{ shared { __typename ... on Tape { side } } }";
  EXPECT_NE(all_stages(*supergraph, text).find(testing::plan_text(*supergraph, text).error), std::string::npos);
}

}  // namespace
}  // namespace signet::federation
