// Default values compared by what they mean: `{a: 1}` and `{ a: 1.0, b: 2 }` are one where b's default is 2.
#pragma once

#include "router/schema/schema.hpp"

namespace signet::admission {

/// Whether two input values have the same default, or none both. Numbers are equal as numbers, object fields in any
/// order; single values equal lists of one where a list is expected.
bool same_default(const schema::Schema& before_schema, const schema::InputValue& before,
                  const schema::Schema& after_schema, const schema::InputValue& after);

}  // namespace signet::admission
