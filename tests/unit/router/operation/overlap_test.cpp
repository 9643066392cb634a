#include "router/operation/prepare.hpp"

#include "fixture.hpp"

namespace signet::operation {
namespace {

bool merges(std::string_view source) {
  const graphql::Document document = parsed(source);
  const auto errors = validate(document, pets());
  for (const DocumentError& error : errors) {
    EXPECT_NE(error.message.find("conflict"), std::string::npos) << error.message << ": " << source;
  }
  return errors.empty();
}

// Spec: https://spec.graphql.org/September2025/#sec-Field-Selection-Merging
TEST(Overlap, AcceptsFieldsThatMerge) {
  for (const char* source : {
           "{dog {name name}}",
           "{dog {a: name a: name}}",
           "{dog {name(surname: true) name(surname: true)}}",
           "{find(filter: {need: 1, name: \"a\"}) find(filter: {name: \"a\", need: 1})}",
           "{find(x: 1, f: 2) find(f: 2, x: 1)}",
           "{pet {... on Dog {a: barks} ... on Cat {b: meows}}}",
           "{pet {... on Dog {a: name} ... on Cat {a: name(surname: true)}}}",
           "{pet {... on Dog {x: friend {name}} ... on Cat {x: friend {name(surname: true)}}}}",
           "{dog {...F name} ...G} fragment F on Dog {name} fragment G on Query {dog {...F barks}}",
           "{pet {... on Dog {x: friend {y: friend {a: name}}} ... on Cat {x: friend {y: friend {a: name(surname: "
           "true)}}}}}",
           "query A {dog {a: name}} query B {dog {a: barks}}",
       }) {
    EXPECT_TRUE(merges(source)) << source;
  }
}

TEST(Overlap, RefusesFieldsThatConflict) {
  for (const char* source : {
           "{dog {a: name a: barks}}",
           "{dog {name: barks name}}",
           "{dog {name(surname: true) name(surname: false)}}",
           "{dog {name name(surname: true)}}",
           "query ($a: Boolean, $b: Boolean) {dog {name(surname: $a) name(surname: $b)}}",
           "{pet {... on Dog {volume} ... on Cat {volume}}}",
           "{pet {... on Dog {a: barks} ... on Cat {a: meows}}}",
           "{pet {... on Dog {a: name} a: owner {name}}}",
           "{pet {name ... on Dog {name(surname: true)}}}",
           "{pet {... on Dog {x: friend {a: barks}} ... on Cat {x: friend {a: name}}}}",
           "{dog {friend {a: name}} dog {friend {a: barks}}}",
           "{dog {...F} dog {...G}} fragment F on Dog {a: name} fragment G on Dog {a: barks}",
           "{dog {friend {...F}} ...H} fragment F on Dog {a: name} fragment G on Dog {a: barks} "
           "fragment H on Query {dog {friend {friend {name} ...G}}}",
           "{pet {a: __typename ... on Dog {a: barks}}}",
           "{pet {... on Dog {x: friend {y: friend {a: name a: name(surname: true)}}} ... on Cat {x: friend {z: "
           "name}}}}",
           "{pet {... on Cat {x: friend {y: friend {a: volume}}} ... on Dog {x: friend {y: friend {a: name}}}}}",
       }) {
    EXPECT_FALSE(merges(source)) << source;
  }
}

// Attack G8: documents on which comparing pairs takes seconds to minutes.
TEST(Overlap, StaysLinearOnRepeatedFields) {
  EXPECT_TRUE(merges("{dog {" + repeat("name ", 100'000) + "}}"));
  EXPECT_TRUE(merges("{" + repeat("dog {name} ", 30'000) + "}"));
  EXPECT_TRUE(merges("{dog {" + repeat("... on Dog {" + repeat("name ", 100) + "}", 200) + "}}"));
  EXPECT_TRUE(merges("{dog {" + repeat("... on Dog {" + repeat("name ", 300) + "}", 300) + "}}"));
  std::string fields;
  for (size_t i = 0; i < 20'000; ++i) fields += "a" + std::to_string(i) + ": name(surname: true) ";
  EXPECT_TRUE(merges("{dog {" + fields + fields + "}}"));
  EXPECT_FALSE(merges("{dog {" + repeat("name ", 50'000) + "name(surname: true)}}"));
}

TEST(Overlap, LooksAtFragmentsOnce) {
  EXPECT_TRUE(merges(fragment_bomb(64, 2, "Query", "dog {name}")));
  EXPECT_TRUE(merges(fragment_bomb(30, 3, "Query", "dog {name}")));
  std::string nested = "{dog {...f0}}";
  for (size_t i = 0; i < 64; ++i) {
    const std::string next = std::to_string(i + 1);
    nested += "fragment f" + std::to_string(i) + " on Dog {friend {...f" + next + " ...f" + next + "} a: friend {...f" +
              next + "}}";
  }
  EXPECT_TRUE(merges(nested + "fragment f64 on Dog {name}"));
}

// Fragments that combine into ever new sets: 2^n scopes from a text of n fragments. A budget refuses them.
TEST(Overlap, BoundsItsWork) {
  std::string source = "{dog {...s0_0}}";
  constexpr size_t kLevels = 24;
  for (size_t level = 0; level < kLevels; ++level) {
    for (size_t state = 0; state <= level; ++state) {
      const std::string keep = fmt::format("s{}_{}", level + 1, state == 0 ? 0 : state + 1);
      const std::string mark = state == 0 ? fmt::format("...s{}_1", level + 1) : "";
      source += fmt::format("fragment s{}_{} on Dog {{a: friend {{...{} {}}} b: friend {{...{}}}}}", level, state, keep,
                            mark, keep);
    }
  }
  for (size_t state = 0; state <= kLevels; ++state) {
    source += fmt::format("fragment s{}_{} on Dog {{c{}: name}}", kLevels, state, state);
  }
  const auto errors = validate(parsed(source), pets());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, ErrorCode::MAX_SELECTIONS_LIMIT) << errors[0].message;
}

}  // namespace
}  // namespace signet::operation
