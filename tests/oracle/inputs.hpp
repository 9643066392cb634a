// Random values for arguments and variables, harmless and hostile.
#pragma once

#include <string>

#include "tests/oracle/random.hpp"
#include "tests/oracle/world.hpp"

namespace signet::oracle {

/// Strings that break careless code: quotes, control characters, astral characters, text that looks like GraphQL.
std::string hostile_text(Random& random);
/// Numbers whose text must survive: beyond every machine type, negative zero, long decimals.
std::string hostile_number(Random& random);

/// A value of `type` as a GraphQL literal. `variables` may add uses of variables to it: see operations.cpp.
std::string literal(Random& random, const TypeUse& type, unsigned depth = 0);
/// A value of `type` as JSON.
std::string json_input(Random& random, const TypeUse& type, unsigned depth = 0);

}  // namespace signet::oracle
