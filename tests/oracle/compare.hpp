// Compare: whether the federated answer is the monolith's.
//
// `data` must be equal: the same keys in the same order, the same strings once unescaped, numbers with the same text.
//
// Errors are compared by path. Each one of the monolith must be there, and no others, with two allowances:
// - Where null has spread upwards to a place, any error at or below it explains the null: a service stops at the first
//   field that fails there, several subgraphs each report theirs.
// - A field whose requirement failed may be explained anywhere at its object: the error belongs to the field that was
//   required, which the client may not have asked for.
#pragma once

#include <string>
#include <string_view>

namespace signet::oracle {

/// Empty: equal as said above; else what is wrong.
std::string compare_answers(std::string_view expected, std::string_view got);

class Random;

/// The same value as `json`, with spaces and escapes put in and members in another order.
std::string restyle(std::string_view json, Random& random);

}  // namespace signet::oracle
