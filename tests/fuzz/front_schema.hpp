// The schema that the fuzz targets of router/operation share.
#pragma once

#include <cstdlib>
#include <memory>

#include "router/graphql/parser.hpp"
#include "router/schema/schema_builder.hpp"

namespace signet {

inline const schema::Schema& front_schema() {
  static const schema::Schema schema = [] {
    auto document = graphql::parse_type_system(R"(
      interface I {a(x: Int = 1, f: F): Int b: I c: U}
      type A implements I {a(x: Int = 1, f: F): Int b: A c: U d: String!}
      type B implements I {a(x: Int = 1, f: F): Int b: B c: U d: [Int]}
      union U = A | B
      enum E {X Y}
      input F {a: Int! b: [[E!]] = X c: F d: Float = 1.5 o: O}
      input O @oneOf {a: ID b: J}
      scalar J
      type Query {i(f: F, e: E, j: J): I u: U a: A b: B!}
      type Mutation {a(o: O!): A}
      type Subscription {a: A b: B}
    )");
    if (!document) std::abort();
    auto built = schema::build_schema(*document);
    if (!built) std::abort();
    return std::move(*built);
  }();
  return schema;
}

}  // namespace signet
