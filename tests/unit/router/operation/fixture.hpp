// Documents and the schema that the tests of this room share.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>

#include "router/graphql/parser.hpp"
#include "router/schema/schema_builder.hpp"

namespace signet::operation {

inline constexpr graphql::ParseLimits kNoLimits{
    .tokens_max = UINT32_MAX, .recursion_max = 200, .fields_max = UINT32_MAX};

inline graphql::Document parsed(std::string_view source) {
  auto document = graphql::parse_executable(source, kNoLimits);
  if (!document) {
    ADD_FAILURE() << document.error().message << " in " << source.substr(0, 200);
    return graphql::Document("");
  }
  return std::move(*document);
}

inline schema::Schema built(std::string_view sdl) {
  auto document = graphql::parse_type_system(sdl);
  EXPECT_TRUE(document) << document.error().message;
  auto schema = schema::build_schema(*document);
  EXPECT_TRUE(schema) << schema.error().front().message;
  return std::move(*schema);
}

inline std::string repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

/// `f0` spreads `f1` `width` times, and so on `depth` times; the last fragment selects `field`.
inline std::string fragment_bomb(size_t depth, size_t width, std::string_view type, std::string_view field) {
  std::string out = "{...f0}";
  for (size_t i = 0; i < depth; ++i) {
    out += "fragment f" + std::to_string(i) + " on " + std::string(type) + "{" +
           repeat("...f" + std::to_string(i + 1) + " ", width) + "}";
  }
  return out + "fragment f" + std::to_string(depth) + " on " + std::string(type) + "{" + std::string(field) + "}";
}

inline const schema::Schema& pets() {
  static const schema::Schema schema = built(R"(
    directive @inaccessible on FIELD_DEFINITION | OBJECT | ENUM_VALUE | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
    directive @once on FIELD
    directive @many(x: Int) repeatable on FIELD
    interface Pet {name(surname: Boolean): String! owner: Human secret: Int @inaccessible}
    type Dog implements Pet {name(surname: Boolean): String! owner: Human secret: Int @inaccessible barks: Boolean! volume: Int friend: Dog}
    type Cat implements Pet {name(surname: Boolean): String! owner: Human secret: Int @inaccessible meows: Boolean volume: String friend: Cat}
    type Hidden implements Pet @inaccessible {name(surname: Boolean): String! owner: Human secret: Int}
    type Human {name: String pets: [Pet!] address: String}
    union Animal = Dog | Cat | Hidden
    enum Mood {HAPPY SAD SECRET @inaccessible}
    input Filter {name: String tags: [[Int!]] mood: Mood = HAPPY deep: Filter min: Float! = 0.5 need: Int! hidden: Int @inaccessible}
    input Pick @oneOf {id: ID name: String}
    scalar Json
    type Query {
      pet(id: ID, mood: Mood, hidden: Int @inaccessible): Pet dog: Dog cat: Cat! animal: Animal human: Human
      find(filter: Filter, pick: Pick, json: Json, ints: [Int!], x: Int! = 3, f: Float, s: String, b: Boolean): Int
      need(id: ID!): Int
    }
    type Mutation {rename(name: String!): Dog}
    type Subscription {barked: Dog meowed: Cat}
  )");
  return schema;
}

}  // namespace signet::operation
