// Operations: random valid GraphQL over a world, kept as a tree so that parts can be taken out of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/oracle/world.hpp"

namespace signet::oracle {

struct Selection {
  enum class Kind : uint8_t { field, inline_fragment, spread };
  Kind kind = Kind::field;
  std::string alias;  ///< empty: none
  std::string name;   ///< of the field or fragment; the type condition of an inline fragment, or empty
  std::vector<std::pair<std::string, std::string>> arguments;
  std::vector<std::string> directives;
  std::vector<Selection> children;
};

struct VariableUse {
  std::string name, type;
  std::string default_value;  ///< a literal; empty: none
  std::string json;           ///< empty: not given
};

struct FragmentUse {
  std::string name, type;
  std::vector<Selection> children;
};

struct Operation {
  bool mutation = false;
  std::vector<VariableUse> variables;
  std::vector<FragmentUse> fragments;
  std::vector<Selection> selections;
};

Operation make_operation(const World& world, Random& random);
/// GraphQL text. Variables and fragments that nothing uses are left out.
std::string print_operation(const Operation& operation);
/// The JSON object of the variables that are given.
std::string print_variables(const Operation& operation);

}  // namespace signet::oracle
