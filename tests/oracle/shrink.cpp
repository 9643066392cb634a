// Shrinking: take one thing out, keep the smaller case if it is still wrong, until nothing more can go.

#include <algorithm>

#include "tests/oracle/cases.hpp"

namespace signet::oracle {

namespace {

constexpr size_t kTriesMax = 4'000;

class Shrinker {
 public:
  Shrinker(Case given, std::string_view problem) : best_(std::move(given)), kind_(kind(problem)) {}

  Case run() {
    bool smaller = true;
    while (smaller && tries_ < kTriesMax) {
      smaller = false;
      while (shrink_selections()) smaller = true;
      while (shrink_variables()) smaller = true;
      while (shrink_rows()) smaller = true;
      while (shrink_split()) smaller = true;
      while (shrink_fields()) smaller = true;
    }
    return std::move(best_);
  }

 private:
  /// What sort of problem it is, so that one is not shrunk into another.
  static std::string kind(std::string_view problem) { return std::string(problem.substr(0, problem.find(' '))); }

  bool wrong(const Case& candidate) {
    if (++tries_ > kTriesMax) return false;
    Stage stage(candidate.world, candidate.split);
    if (!stage.refusal().empty()) return false;
    const Stage::Outcome outcome = stage.run(candidate.operation, candidate.order);
    // The monolith refuses what has become invalid on the way.
    return outcome.verdict == Stage::Verdict::wrong && !outcome.expected.starts_with("{\"errors\"") &&
           kind(outcome.problem) == kind_;
  }

  /// Applies `change` to a copy of the best case and keeps it if that is still wrong. `change` returns false when it
  /// has nothing to do.
  template <typename Change>
  bool attempt(Change change) {
    Case candidate = best_;
    if (!change(candidate) || !wrong(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // --- the operation

  static size_t count(const std::vector<Selection>& selections) {
    size_t total = selections.size();
    for (const Selection& each : selections) total += count(each.children);
    return total;
  }
  static size_t count(const Operation& operation) {
    size_t total = count(operation.selections);
    for (const FragmentUse& each : operation.fragments) total += count(each.children);
    return total;
  }

  /// Calls `change` with the list that holds selection `at`, counted in order, and its index there.
  template <typename Change>
  static bool at_selection(std::vector<Selection>& selections, size_t& at, Change change) {
    for (size_t i = 0; i < selections.size(); ++i) {
      if (at-- == 0) return change(selections, i);
      if (at_selection(selections[i].children, at, change)) return true;
      if (at == SIZE_MAX) return false;
    }
    return false;
  }
  template <typename Change>
  static bool at_selection(Operation& operation, size_t at, Change change) {
    if (at_selection(operation.selections, at, change)) return true;
    for (FragmentUse& each : operation.fragments) {
      if (at != SIZE_MAX && at_selection(each.children, at, change)) return true;
    }
    return false;
  }

  bool shrink_selections() {
    bool smaller = false;
    for (size_t at = 0; at < count(best_.operation); ++at) {
      const auto each = [&](auto change) {
        const bool done = attempt([&](Case& candidate) { return at_selection(candidate.operation, at, change); });
        smaller = smaller || done;
        return done;
      };
      if (each([](std::vector<Selection>& list, size_t i) {
            if (list.size() < 2) return false;
            list.erase(list.begin() + static_cast<ptrdiff_t>(i));
            return true;
          })) {
        --at;
        continue;
      }
      each([](std::vector<Selection>& list, size_t i) {
        if (list[i].kind != Selection::Kind::inline_fragment) return false;
        std::vector<Selection> children = std::move(list[i].children);
        list.erase(list.begin() + static_cast<ptrdiff_t>(i));
        list.insert(list.begin() + static_cast<ptrdiff_t>(i), children.begin(), children.end());
        return true;
      });
      each([](std::vector<Selection>& list, size_t i) { return !std::exchange(list[i].directives, {}).empty(); });
      each([](std::vector<Selection>& list, size_t i) { return !std::exchange(list[i].alias, {}).empty(); });
      for (size_t argument = 0; argument < 2; ++argument) {
        each([&](std::vector<Selection>& list, size_t i) {
          auto& arguments = list[i].arguments;
          if (argument >= arguments.size()) return false;
          arguments.erase(arguments.begin() + static_cast<ptrdiff_t>(argument));
          return true;
        });
      }
      const auto inline_spread = [&](Case& candidate) {
        const std::vector<FragmentUse> fragments = candidate.operation.fragments;
        return at_selection(candidate.operation, at, [&](std::vector<Selection>& list, size_t i) {
          if (list[i].kind != Selection::Kind::spread) return false;
          const auto found = std::ranges::find(fragments, list[i].name, &FragmentUse::name);
          if (found == fragments.end()) return false;
          list.erase(list.begin() + static_cast<ptrdiff_t>(i));
          list.insert(list.begin() + static_cast<ptrdiff_t>(i), found->children.begin(), found->children.end());
          return true;
        });
      };
      smaller = attempt(inline_spread) || smaller;
    }
    return smaller;
  }

  bool shrink_variables() {
    bool smaller = false;
    for (size_t i = 0; i < best_.operation.variables.size(); ++i) {
      smaller = attempt([&](Case& candidate) {
                  VariableUse& variable = candidate.operation.variables[i];
                  return !std::exchange(variable.json, {}).empty();
                }) ||
                smaller;
      smaller = attempt([&](Case& candidate) {
                  VariableUse& variable = candidate.operation.variables[i];
                  return !std::exchange(variable.default_value, {}).empty();
                }) ||
                smaller;
    }
    return smaller;
  }

  // --- the data

  bool shrink_rows() {
    bool smaller = false;
    for (size_t row = 0; row < best_.world.rows.size(); ++row) {
      const Row given = best_.world.rows[row];
      const TypeDef type = *best_.world.type(given.type);  // best_ changes below
      for (const std::string& field : given.failing) {
        smaller =
            attempt([&](Case& candidate) { return candidate.world.rows[row].failing.erase(field) > 0; }) || smaller;
      }
      for (const auto& [name, value] : given.cells) {
        const FieldDef* field = type.field(name);
        if (field == nullptr || field->key || value.is_null()) continue;
        smaller = attempt([&](Case& candidate) { return simplify(candidate.world.rows[row].cells[name], *field); }) ||
                  smaller;
      }
    }
    return smaller;
  }

  static bool simplify(demo::Value& value, const FieldDef& field) {
    if (!field.type.required()) {
      value = {};
      return true;
    }
    if (value.list() == nullptr || value.list()->empty()) return false;
    demo::List fewer(value.list()->begin(), value.list()->end() - 1);
    value = std::move(fewer);
    return true;
  }

  // --- the split and the schema

  bool shrink_split() {
    bool smaller = false;
    const auto each = [&](auto change) { smaller = attempt(change) || smaller; };
    for (size_t i = 0; i < best_.split.services.size(); ++i) {
      each([&](Case& candidate) { return std::exchange(candidate.split.services[i].restyles, false); });
      each([&](Case& candidate) { return std::exchange(candidate.split.services[i].numeric_ids, false); });
      const Service given = best_.split.services[i];
      for (const auto& [name, part] : given.parts) {
        for (const auto& [field, unused] : part.provides) {
          each([&](Case& candidate) { return candidate.split.services[i].parts[name].provides.erase(field) > 0; });
        }
        for (const std::string& field : part.resolves) {
          each([&](Case& candidate) {
            Part& mine = candidate.split.services[i].parts[name];
            if (owners(candidate.split, name, field) < 2 || in_key(*candidate.world.type(name), mine, field))
              return false;
            mine.represented.erase(field);
            mine.provides.erase(field);
            return mine.resolves.erase(field) > 0;
          });
        }
      }
    }
    return smaller;
  }

  static size_t owners(const Split& split, const std::string& type, const std::string& field) {
    return static_cast<size_t>(std::ranges::count_if(split.services, [&](const Service& service) {
      const Part* part = service.part(type);
      return part != nullptr && part->resolves.contains(field);
    }));
  }
  static bool in_key(const TypeDef& type, const Part& part, const std::string& field) {
    return std::ranges::any_of(part.keys, [&](const KeyUse& use) { return names(type.keys[use.key], field); }) ||
           type.field(field)->key || type.field(field)->shared;
  }

  static bool names(const FieldSet& set, const std::string& field) {
    return std::ranges::any_of(set,
                               [&](const SetNode& node) { return node.field == field || names(node.children, field); });
  }

  bool shrink_fields() {
    bool smaller = false;
    const std::vector<TypeDef> types = best_.world.types;
    for (const TypeDef& type : types) {
      for (const FieldDef& field : type.fields) {
        if (field.key || field.shared) continue;
        smaller = attempt([&](Case& candidate) { return drop_field(candidate, type.name, field.name); }) || smaller;
      }
    }
    return smaller;
  }

  /// Field names are not unique to a type, so a name that any set mentions stays.
  static bool drop_field(Case& candidate, const std::string& type_name, const std::string& field) {
    for (const TypeDef& type : candidate.world.types) {
      for (const FieldDef& each : type.fields) {
        if (names(each.required, field)) return false;
      }
    }
    for (Service& service : candidate.split.services) {
      for (auto& [name, part] : service.parts) {
        for (const auto& [unused, set] : part.provides) {
          if (names(set, field)) return false;
        }
      }
      if (!service.parts.contains(type_name)) continue;
      Part& part = service.parts[type_name];
      part.resolves.erase(field);
      part.external.erase(field);
      part.overridden.erase(field);
      part.represented.erase(field);
      part.provides.erase(field);
    }
    TypeDef& type = *candidate.world.type(type_name);
    if (type.fields.size() < 2) return false;
    return std::erase_if(type.fields, [&](const FieldDef& each) { return each.name == field; }) > 0;
  }

  Case best_;
  std::string kind_;
  size_t tries_ = 0;
};

}  // namespace

Case shrink(Case given, std::string_view problem) {
  return Shrinker(std::move(given), problem).run();
}

}  // namespace signet::oracle
