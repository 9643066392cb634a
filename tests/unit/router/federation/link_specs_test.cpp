#include "router/federation/link_specs.hpp"

#include <gtest/gtest.h>

#include "router/graphql/parser.hpp"

namespace signet::federation {
namespace {

constexpr std::string_view kLink = R"(@link(url: "https://specs.apollo.dev/link/v1.0"))";
constexpr std::string_view kJoin = R"(@link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION))";

LinkSpecs read(std::string_view links, std::vector<LoadError>& errors) {
  const auto document = graphql::parse_type_system(fmt::format("schema {} {{ query: Query }}", links));
  EXPECT_TRUE(document);
  return LinkSpecs::read(*document, errors);
}

std::string problem(std::string_view links) {
  std::vector<LoadError> errors;
  read(links, errors);
  return errors.empty() ? "" : errors.front().message;
}

TEST(LinkSpecs, NamesElementsByNamespace) {
  std::vector<LoadError> errors;
  const LinkSpecs specs = read(fmt::format("{} {}", kLink, kJoin), errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(specs.directive("join", "type"), "join__type");
  EXPECT_EQ(specs.type("join", "Graph"), "join__Graph");
  EXPECT_EQ(specs.directive("inaccessible", "inaccessible"), "");
  EXPECT_TRUE(specs.is_machinery("join__Graph"));
  EXPECT_TRUE(specs.is_machinery("link"));
  EXPECT_FALSE(specs.is_machinery("joiner"));
}

TEST(LinkSpecs, HonoursRenames) {
  std::vector<LoadError> errors;
  const LinkSpecs specs = read(
      R"(@l(url: "https://specs.apollo.dev/link/v1.0", as: "l")
         @l(url: "https://specs.apollo.dev/join/v0.3", as: "j", import: [{name: "@type", as: "@typ"}, "Graph"])
         @l(url: "https://specs.apollo.dev/inaccessible/v0.2", as: "hidden"))",
      errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(specs.directive("join", "type"), "typ");
  EXPECT_EQ(specs.directive("join", "field"), "j__field");
  EXPECT_EQ(specs.type("join", "Graph"), "Graph");
  EXPECT_EQ(specs.directive("inaccessible", "inaccessible"), "hidden");
  EXPECT_TRUE(specs.is_machinery("typ"));
  EXPECT_TRUE(specs.is_machinery("j__enumValue"));
}

TEST(LinkSpecs, ReadsFederation1sCore) {
  std::vector<LoadError> errors;
  const LinkSpecs specs = read(
      R"(@c(feature: "https://specs.apollo.dev/core/v0.2", as: "c"),
         @c(feature: "https://specs.apollo.dev/join/v0.1", as: "j", for: EXECUTION),
         @c(feature: "https://example.com/thing/v1.0"))",
      errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(specs.directive("join", "owner"), "j__owner");
  EXPECT_EQ(specs.find("join")->version, "v0.1");
  EXPECT_TRUE(specs.is_machinery("c__Purpose"));
  EXPECT_EQ(problem(R"(@core(feature: "https://specs.apollo.dev/core/v0.2")
                       @core(feature: "https://specs.apollo.dev/join/v0.1", for: EXECUTION)
                       @core(feature: "https://example.com/thing/v1.0", for: SECURITY))"),
            "unknown specification \"https://example.com/thing/v1.0\" is needed for SECURITY");
}

TEST(LinkSpecs, RefusesWhatMayNotBeIgnored) {
  struct Case {
    std::string_view link, message;
  };
  const Case cases[] = {
      {R"(@link(url: "https://example.com/thing/v1.0", for: EXECUTION))",
       "unknown specification \"https://example.com/thing/v1.0\" is needed for EXECUTION"},
      {R"(@link(url: "https://example.com/thing/v1.0", for: SECURITY))",
       "unknown specification \"https://example.com/thing/v1.0\" is needed for SECURITY"},
      {R"(@link(url: "https://example.com/thing/v1.0"))", ""},
      {R"(@link(url: "https://specs.apollo.dev/tag/v0.3"))", ""},
      {R"(@link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY))",
       "specification \"https://specs.apollo.dev/authenticated/v0.1\" is linked: @authenticated would not be enforced"},
      {R"(@link(url: "https://specs.apollo.dev/context/v0.1", for: SECURITY))",
       "specification \"https://specs.apollo.dev/context/v0.1\" is linked: @context and @fromContext are not "
       "supported"},
  };
  for (const Case& each : cases) EXPECT_EQ(problem(fmt::format("{} {} {}", kLink, kJoin, each.link)), each.message);
  EXPECT_EQ(problem(fmt::format(R"({} @link(url: "https://specs.apollo.dev/join/v0.6", for: EXECUTION))", kLink)),
            "specification \"https://specs.apollo.dev/join/v0.6\" is not supported in this version, only in "
            "v0.1 v0.2 v0.3 v0.4 v0.5");
  EXPECT_NE(problem(R"(@core(feature: "https://specs.apollo.dev/core/v0.2"))"), "");  // without join
  EXPECT_NE(problem("@other"), "");
}

}  // namespace
}  // namespace signet::federation
