#include "tests/oracle/operations.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

#include "tests/oracle/inputs.hpp"

namespace signet::oracle {

namespace {

constexpr size_t kDepthMax = 6;
constexpr std::array kAliases = {"a", "b", "id", "f0", "f1", "x", "__x", "_a1", "representations"};

class OperationMaker {
 public:
  OperationMaker(const World& world, Random& random) : world_(world), random_(random) {}

  Operation make() {
    operation_.mutation = world_.type("Mutation") != nullptr && random_.chance(20);
    budget_ = random_.chance(5) ? 150 : random_.between(3, 40);
    operation_.selections = selections(operation_.mutation ? "Mutation" : "Query", 0);
    return std::move(operation_);
  }

 private:
  std::vector<Selection> selections(const std::string& type_name, size_t depth) {
    const TypeDef& type = *world_.type(type_name);
    std::vector<Selection> result;
    const size_t count = random_.between(1, depth == 0 ? 4 : 5);
    for (size_t i = 0; i < count; ++i) {
      const size_t dice = random_.below(100);
      if (dice < (type.abstract() ? 15U : 8U)) {
        result.push_back(type_name_field());
      } else if (dice < (type.abstract() ? 60U : 16U) && depth < kDepthMax) {
        result.push_back(inline_fragment(type_name, depth));
      } else if (dice < (type.abstract() ? 70U : 22U) && depth < kDepthMax) {
        result.push_back(spread(type_name, depth));
      } else if (const FieldDef* chosen = choose(type, depth)) {
        result.push_back(field(type, *chosen, depth));
      }
    }
    if (result.empty()) result.push_back(type_name_field());
    return result;
  }

  const FieldDef* choose(const TypeDef& type, size_t depth) {
    if (type.fields.empty()) return nullptr;
    for (int attempt = 0; attempt < 6; ++attempt) {
      const FieldDef& candidate = random_.pick(type.fields);
      const bool leaf = world_.type(candidate.type.name) == nullptr;
      if (!leaf && (depth >= kDepthMax || budget_ == 0)) continue;
      if (candidate.type.name == "Query" && random_.chance(60)) continue;
      if (budget_ > 0) --budget_;
      return &candidate;
    }
    return nullptr;
  }

  Selection type_name_field() {
    Selection result;
    result.name = "__typename";
    if (random_.chance(20)) result.alias = "kind";
    maybe_conditions(result);
    return result;
  }

  Selection field(const TypeDef& type, const FieldDef& definition, size_t depth) {
    Selection result;
    result.name = definition.name;
    result.arguments = arguments(definition);
    std::string identity = definition.name;
    for (const auto& [name, value] : result.arguments) identity += fmt::format("|{}:{}", name, value);
    result.alias = alias(type.name, definition.name, identity);
    maybe_conditions(result);
    if (world_.type(definition.type.name) != nullptr) result.children = selections(definition.type.name, depth + 1);
    return result;
  }

  /// A response key that means the same field with the same arguments wherever it stands on objects of this type.
  std::string alias(const std::string& type, const std::string& field, const std::string& identity) {
    auto& keys = keys_[type];
    const auto take = [&](const std::string& key) {
      const auto [found, added] = keys.emplace(key, identity);
      return found->second == identity;
    };
    if (!random_.chance(25) && take(field)) return {};
    for (int attempt = 0; attempt < 4; ++attempt) {
      const std::string key = random_.pick(kAliases);
      const bool other_field = world_.type(type)->field(key) != nullptr && key != field;
      if (other_field && random_.chance(70)) continue;
      if (take(key)) return key == field ? std::string() : key;
    }
    std::string key;
    do {
      key = fmt::format("k{}", next_alias_++);
    } while (!take(key));
    return key;
  }

  // --- arguments and variables

  std::vector<std::pair<std::string, std::string>> arguments(const FieldDef& definition) {
    std::vector<std::pair<std::string, std::string>> result;
    for (const ArgumentDef& argument : definition.arguments) {
      const bool optional = !argument.type.required() || !argument.default_value.empty();
      if (optional && random_.chance(35)) continue;
      result.emplace_back(argument.name, value(argument));
    }
    random_.shuffle(result);
    return result;
  }

  std::string value(const ArgumentDef& argument) {
    if (random_.chance(45)) return "$" + variable(argument.type, !argument.default_value.empty());
    if (argument.type.name == "Filter" && argument.type.lists == 0 && random_.chance(40))
      return filter_with_variables();
    return literal(random_, argument.type);
  }

  std::string filter_with_variables() {
    std::string text;
    if (random_.chance(60)) text += fmt::format("text: ${} ", variable({"String"}, true));
    if (random_.chance(60)) text += fmt::format("limits: ${} ", variable({"Int", 1, 1}, false));
    if (random_.chance(40)) text += fmt::format("nested: {{ blob: ${} }} ", variable({"Blob"}, false));
    if (random_.chance(40)) text += fmt::format("color: ${}", variable({"Color", 0, 1}, true));
    return "{" + text + "}";
  }

  /// A variable that fits a place of `type`. `has_default`: the place has one, so that a nullable variable fits too.
  std::string variable(TypeUse type, bool has_default) {
    if (type.required() && has_default && random_.chance(50)) type.set_required(false);
    const bool place_requires = type.required();
    if (!place_requires && random_.chance(25)) type.set_required(true);
    for (const VariableUse& known : operation_.variables) {
      if (known.type == type.print() && random_.chance(50)) return known.name;
    }
    const bool clash = operation_.variables.empty() && random_.chance(10);  // with the planner's own
    VariableUse made{.name = clash ? "representations" : fmt::format("v{}", operation_.variables.size()),
                     .type = type.print(),
                     .default_value = {},
                     .json = json_input(random_, type)};
    if (random_.chance(30)) made.default_value = literal(random_, type);
    const bool may_be_left_out = !type.required() || !made.default_value.empty();
    if (may_be_left_out && random_.chance(40)) made.json.clear();
    // A null that only the variable's type allows would be an error at a place with a default.
    if (has_default && made.json == "null") made.json.clear();
    if (has_default && made.default_value == "null") made.default_value.clear();
    if (made.json.empty() && type.required() && made.default_value.empty()) made.json = json_input(random_, type);
    operation_.variables.push_back(made);
    return made.name;
  }

  void maybe_conditions(Selection& selection) {
    if (!random_.chance(10)) return;
    const auto condition = [&](std::string_view directive) {
      const std::string value =
          random_.chance(70) ? "$" + condition_variable() : std::string(random_.chance(50) ? "true" : "false");
      selection.directives.push_back(fmt::format("@{}(if: {})", directive, value));
    };
    if (random_.chance(60)) condition("include");
    if (selection.directives.empty() || random_.chance(30)) condition("skip");
  }

  std::string condition_variable() {
    std::vector<std::string> known;
    for (const VariableUse& each : operation_.variables) {
      if (each.type == "Boolean!") known.push_back(each.name);
    }
    if (!known.empty() && (known.size() >= 4 || random_.chance(60))) return random_.pick(known);
    VariableUse made{.name = fmt::format("v{}", operation_.variables.size()),
                     .type = "Boolean!",
                     .default_value = random_.chance(30) ? "true" : "",
                     .json = random_.chance(60) ? "true" : "false"};
    if (!made.default_value.empty() && random_.chance(60)) made.json.clear();
    operation_.variables.push_back(made);
    return made.name;
  }

  // --- fragments

  Selection inline_fragment(const std::string& type, size_t depth) {
    Selection result;
    result.kind = Selection::Kind::inline_fragment;
    const std::string condition = type_condition(type);
    if (condition != type || random_.chance(60)) result.name = condition;
    maybe_conditions(result);
    result.children = selections(condition, depth + 1);
    return result;
  }

  /// A type that objects at a place of `type` may be of: itself, a member, an abstract type that shares a member.
  std::string type_condition(const std::string& type) {
    const TypeDef& named = *world_.type(type);
    if (named.abstract() && random_.chance(75)) return random_.pick(named.members);
    if (!random_.chance(20)) return type;
    std::vector<std::string> others;
    for (const TypeDef& other : world_.types) {
      const bool overlaps = std::ranges::any_of(other.members, [&](const std::string& member) {
        return member == type || std::ranges::find(named.members, member) != named.members.end();
      });
      if (overlaps) others.push_back(other.name);
    }
    return others.empty() ? type : random_.pick(others);
  }

  /// Spreads an old fragment or a new one; a fragment is listed only when it is complete, so there are no cycles.
  Selection spread(const std::string& parent, size_t depth) {
    const std::string type = type_condition(parent);
    Selection result;
    result.kind = Selection::Kind::spread;
    maybe_conditions(result);
    std::vector<std::string> known;
    for (const FragmentUse& each : operation_.fragments) {
      if (each.type == type) known.push_back(each.name);
    }
    if (!known.empty() && random_.chance(60)) {
      result.name = random_.pick(known);
      return result;
    }
    FragmentUse made{.name = fmt::format("F{}", next_fragment_++), .type = type, .children = {}};
    made.children = selections(type, depth + 1);
    result.name = made.name;
    operation_.fragments.push_back(std::move(made));
    return result;
  }

  const World& world_;
  Random& random_;
  Operation operation_;
  std::map<std::string, std::map<std::string, std::string>> keys_;  // by type: response key to field and arguments
  size_t budget_ = 0;
  size_t next_alias_ = 0;
  size_t next_fragment_ = 0;
};

void print_selections(const std::vector<Selection>& selections, std::string& out) {
  out += "{";
  for (const Selection& each : selections) {
    out += ' ';
    if (each.kind == Selection::Kind::inline_fragment) {
      out += each.name.empty() ? "..." : "... on " + each.name;
    } else if (each.kind == Selection::Kind::spread) {
      out += "..." + each.name;
    } else {
      out += each.alias.empty() ? each.name : fmt::format("{}: {}", each.alias, each.name);
    }
    for (size_t i = 0; i < each.arguments.size(); ++i) {
      out += fmt::format("{}{}: {}", i == 0 ? "(" : ", ", each.arguments[i].first, each.arguments[i].second);
    }
    if (!each.arguments.empty()) out += ')';
    for (const std::string& directive : each.directives) out += " " + directive;
    if (each.kind != Selection::Kind::spread && !each.children.empty()) {
      out += ' ';
      print_selections(each.children, out);
    }
  }
  out += " }";
}

bool spreads(const std::vector<Selection>& selections, const std::string& fragment) {
  return std::ranges::any_of(selections, [&](const Selection& each) {
    return (each.kind == Selection::Kind::spread && each.name == fragment) || spreads(each.children, fragment);
  });
}

bool uses_variable(std::string_view text, const std::string& name) {
  const std::string wanted = "$" + name;
  for (size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) {
    const size_t end = at + wanted.size();
    if (end == text.size() || text[end] < '0' || text[end] > '9') return true;
  }
  return false;
}

/// Selections and fragments; the part that may use variables.
std::string print_body(const Operation& operation) {
  std::string text;
  print_selections(operation.selections, text);
  // A fragment is listed after those that it spreads.
  std::vector<const FragmentUse*> used;
  for (auto at = operation.fragments.rbegin(); at != operation.fragments.rend(); ++at) {
    if (spreads(operation.selections, at->name) ||
        std::ranges::any_of(used, [&](const FragmentUse* each) { return spreads(each->children, at->name); })) {
      used.push_back(&*at);
    }
  }
  for (const FragmentUse* fragment : used) {
    text += fmt::format("\nfragment {} on {} ", fragment->name, fragment->type);
    print_selections(fragment->children, text);
  }
  return text;
}

}  // namespace

Operation make_operation(const World& world, Random& random) {
  return OperationMaker(world, random).make();
}

std::string print_operation(const Operation& operation) {
  const std::string body = print_body(operation);
  std::string head;
  for (const VariableUse& each : operation.variables) {
    if (!uses_variable(body, each.name)) continue;
    head += fmt::format("{}${}: {}", head.empty() ? "(" : ", ", each.name, each.type);
    if (!each.default_value.empty()) head += " = " + each.default_value;
  }
  if (!head.empty()) head += ')';
  return fmt::format("{}{} {}", operation.mutation ? "mutation" : "query", head, body);
}

std::string print_variables(const Operation& operation) {
  std::string text;
  const std::string body = print_body(operation);
  for (const VariableUse& each : operation.variables) {
    if (each.json.empty() || !uses_variable(body, each.name)) continue;
    text += fmt::format("{}\"{}\":{}", text.empty() ? "" : ",", each.name, each.json);
  }
  return "{" + text + "}";
}

}  // namespace signet::oracle
