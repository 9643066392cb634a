// Evaluate: what a field of the world is worth. The monolith answers with it; a subgraph uses it for what it owns, and
// computes fields with a requirement from the representation alone, so that a wrong input gives a wrong answer.
#pragma once

#include <expected>
#include <string>

#include "router/demo/subgraph.hpp"
#include "tests/oracle/world.hpp"

namespace signet::oracle {

inline constexpr std::string_view kPlanted = "planted failure";
inline constexpr std::string_view kUnmet = "requirement failed";

/// JSON-like text that is equal for equal values.
std::string canonical(const demo::Value& value);

/// The value of `field` for `self`. Errors: kPlanted, kUnmet.
demo::Resolved evaluate(const World& world, const demo::Object& self, const FieldDef& field,
                        const demo::Object& arguments);
/// The same for a field with a requirement, its inputs taken from `representation`.
/// Errors: kPlanted, or what the representation lacks.
demo::Resolved evaluate_represented(const World& world, const demo::Object& self, const FieldDef& field,
                                    const demo::Object& arguments, const demo::Object& representation);
/// The row of `type` that has the values of `representation` in the fields of `key`; -1: there is none.
int64_t find_row(const World& world, const TypeDef& type, const FieldSet& key, const demo::Object& representation);
/// True when `representation` has every field of `key`.
bool has_key(const FieldSet& key, const demo::Object& representation);

}  // namespace signet::oracle
