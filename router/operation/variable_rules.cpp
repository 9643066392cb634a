// Variables are unique, of input types, defined, used, and fit the places they are used in.
// Spec: https://spec.graphql.org/September2025/#sec-Validation.Variables
#include "router/operation/validation.hpp"

namespace signet::operation {
namespace {

using graphql::FragmentId;
using graphql::OperationId;
using graphql::ValueKind;
using graphql::VariableDefinition;
using schema::TypeRef;

struct Declared {
  const VariableDefinition* definition = nullptr;
  std::optional<TypeRef> type;
  bool used = false;
};

class OperationVariables {
 public:
  OperationVariables(Validation& validation, OperationId operation)
      : validation_(validation), document_(validation.document), operation_(operation) {}

  void check() {
    for (auto [id, definition] : document_.each(document_[operation_].first_variable)) declare(definition);
    uses(validation_.operation_facts[operation_]);
    for (FragmentId fragment : reachable()) uses(validation_.fragment_facts[fragment]);
    for (auto [id, definition] : document_.each(document_[operation_].first_variable)) {
      const Declared& variable = variables_.find(definition.name)->second;
      if (!variable.used && variable.definition == &definition) {
        error(fmt::format("variable {} is never used", shown(definition.name)), definition.offset);
      }
    }
  }

 private:
  void error(std::string message, uint32_t offset) { validation_.errors.add(std::move(message), offset); }
  static std::string shown(std::string_view name) { return quoted("$" + std::string(name)); }

  void declare(const VariableDefinition& definition) {
    const std::optional<TypeRef> type = resolve_type(document_, validation_.schema, definition.type);
    if (!variables_.try_emplace(definition.name, Declared{&definition, type}).second) {
      error(fmt::format("there can be only one variable named {}", shown(definition.name)), definition.offset);
    }
    DefinitionFacts none;
    VariableUse place;
    if (!type) {
      error(fmt::format("the type of variable {} is unknown", shown(definition.name)), definition.offset);
    } else if (!validation_.schema.types[type->type].input()) {
      error(fmt::format("variable {} cannot be of an output type", shown(definition.name)), definition.offset);
    } else {
      place.type = *type;
    }
    if (definition.default_value) check_value(validation_, none, definition.default_value, place);
  }

  std::vector<FragmentId> reachable() const {
    std::vector<FragmentId> reached = validation_.operation_facts[operation_].spreads;
    std::vector<bool> seen(document_.fragments.size());
    for (FragmentId fragment : reached) seen[fragment.value()] = true;
    for (size_t i = 0; i < reached.size(); ++i) {
      for (FragmentId spread : validation_.fragment_facts[reached[i]].spreads) {
        if (seen[spread.value()]) continue;
        seen[spread.value()] = true;
        reached.push_back(spread);
      }
    }
    return reached;
  }

  void uses(const DefinitionFacts& facts) {
    for (const VariableUse& use : facts.uses) {
      if (validation_.errors.full()) return;
      const auto found = variables_.find(use.name);
      if (found == variables_.end()) {
        error(fmt::format("variable {} is not defined", shown(use.name)), use.offset);
        continue;
      }
      found->second.used = true;
      if (found->second.type && use.type.type && !fits(found->second, use)) {
        error(fmt::format("variable {} does not fit the type expected here", shown(use.name)), use.offset);
      }
    }
  }

  // Spec: https://spec.graphql.org/September2025/#IsVariableUsageAllowed()
  bool fits(const Declared& variable, const VariableUse& use) const {
    TypeRef expected = use.type;
    if (use.one_of_field && !variable.type->non_null()) return false;
    if (expected.non_null() && !variable.type->non_null()) {
      const graphql::ValueId value = variable.definition->default_value;
      const bool has_default = value && document_[value].kind != ValueKind::null;
      if (!has_default && !use.has_default) return false;
      expected = expected.nullable();
    }
    return variable.type->type == expected.type && variable.type->list_depth == expected.list_depth &&
           (expected.non_null_bits & ~variable.type->non_null_bits) == 0;
  }

  Validation& validation_;
  const graphql::Document& document_;
  OperationId operation_;
  std::unordered_map<std::string_view, Declared, KeyedStringHash> variables_;
};

}  // namespace

void check_variables(Validation& validation) {
  for (size_t i = 0; i < validation.document.operations.size() && !validation.errors.full(); ++i) {
    OperationVariables(validation, OperationId(i)).check();
  }
}

}  // namespace signet::operation
