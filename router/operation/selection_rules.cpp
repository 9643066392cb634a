// The walk: fields exist and have selections where they must, fragments apply, arguments and directives are known.
// Spec: https://spec.graphql.org/September2025/#sec-Validation.Fields, #sec-Validation.Fragments,
// #sec-Validation.Arguments and #sec-Validation.Directives
#include <unordered_set>

#include "router/operation/validation.hpp"

namespace signet::operation {
namespace {

using graphql::ArgumentId;
using graphql::DirectiveId;
using graphql::FragmentId;
using graphql::OperationId;
using graphql::Selection;
using graphql::SelectionId;
using graphql::SelectionKind;
using schema::DirectiveDefId;
using schema::FieldId;
using schema::InputValueId;
using schema::TypeId;

using NameSet = std::unordered_set<std::string_view, KeyedStringHash>;

class DefinitionWalk {
 public:
  DefinitionWalk(Validation& validation, DefinitionFacts& facts)
      : validation_(validation), document_(validation.document), schema_(validation.schema), facts_(facts) {}

  // `parent` is invalid where the type is unknown; then only what needs no type is checked.
  void selections(SelectionId first, TypeId parent) {
    if (validation_.errors.full()) return;
    for (auto [id, selection] : document_.each(first)) {
      validation_.parent_types[id] = parent;
      switch (selection.kind) {
        case SelectionKind::field:
          field(id, selection, parent);
          break;
        case SelectionKind::inline_fragment:
          inline_fragment(selection, parent);
          break;
        case SelectionKind::fragment_spread:
          spread(selection, parent);
          break;
      }
    }
  }

  void directives(DirectiveId first, std::string_view location) {
    if (!first) return;
    NameSet seen;
    for (auto [id, directive] : document_.each(first)) {
      const DirectiveDefId definition_id = schema_.find_directive(directive.name);
      if (!definition_id) {
        error(fmt::format("unknown directive {}", quoted(directive.name)), directive.offset);
        arguments(directive.first_argument, nullptr, directive.name, directive.offset);
        continue;
      }
      const schema::DirectiveDef& definition = schema_.directives[definition_id];
      if (std::ranges::find(definition.locations, location) == definition.locations.end()) {
        error(fmt::format("directive {} may not be used on {}", quoted(directive.name), location), directive.offset);
      }
      if (!seen.insert(directive.name).second && !definition.repeatable) {
        error(fmt::format("directive {} can be used only once at this place", quoted(directive.name)),
              directive.offset);
      }
      arguments(directive.first_argument, &definition.arguments, directive.name, directive.offset);
    }
  }

  // A type condition: the composite type it names, or an invalid id.
  TypeId condition(std::string_view name, uint32_t offset) {
    const TypeId type = schema_.find_type(name);
    if (!type) {
      error(fmt::format("unknown type {}", quoted(name)), offset);
      return {};
    }
    if (schema_.types[type].composite()) return type;
    error(fmt::format("a fragment cannot have the condition {}, which has no fields", quoted(name)), offset);
    return {};
  }

 private:
  void error(std::string message, uint32_t offset) { validation_.errors.add(std::move(message), offset); }

  void field(SelectionId id, const Selection& selection, TypeId parent) {
    directives(selection.first_directive, "FIELD");
    if (!parent || selection.name == "__typename") {
      const IdRange<InputValueId> none;
      arguments(selection.first_argument, parent ? &none : nullptr, selection.name, selection.offset);
      if (parent && selection.first_child) leaf_error(selection);
      selections(selection.first_child, {});
      return;
    }
    const FieldId field_id = find_field(selection.name, parent);
    if (!field_id) {
      error(fmt::format("cannot query field {} here", quoted(selection.name)), selection.offset);
      arguments(selection.first_argument, nullptr, selection.name, selection.offset);
      selections(selection.first_child, {});
      return;
    }
    validation_.fields[id] = field_id;
    const schema::Field& definition = schema_.fields[field_id];
    arguments(selection.first_argument, &definition.arguments, selection.name, selection.offset);
    const TypeId type = definition.type.type;
    if (schema_.types[type].leaf()) {
      if (selection.first_child) leaf_error(selection);
      selections(selection.first_child, {});
      return;
    }
    if (!selection.first_child) {
      error(fmt::format("field {} must have a selection of subfields", quoted(selection.name)), selection.offset);
    }
    selections(selection.first_child, type);
  }

  void leaf_error(const Selection& selection) {
    error(fmt::format("field {} must not have a selection, since it has no subfields", quoted(selection.name)),
          selection.offset);
  }

  FieldId find_field(std::string_view name, TypeId parent) const {
    if (parent == schema_.query_type) {
      if (name == "__schema") return schema_.schema_meta_field;
      if (name == "__type") return schema_.type_meta_field;
    }
    return schema_.find_field(parent, name);
  }

  void inline_fragment(const Selection& selection, TypeId parent) {
    directives(selection.first_directive, "INLINE_FRAGMENT");
    TypeId type = parent;
    if (!selection.name.empty()) {
      type = condition(selection.name, selection.offset);
      possible(parent, type, selection);
    }
    selections(selection.first_child, type);
  }

  void spread(const Selection& selection, TypeId parent) {
    directives(selection.first_directive, "FRAGMENT_SPREAD");
    const FragmentId fragment = validation_.fragments.find(selection.name);
    if (!fragment) {
      error(fmt::format("unknown fragment {}", quoted(selection.name)), selection.offset);
      return;
    }
    if (validation_.last_spread_by[fragment] != &facts_) {
      validation_.last_spread_by[fragment] = &facts_;
      facts_.spreads.push_back(fragment);
    }
    possible(parent, schema_.find_type(document_[fragment].type_condition), selection);
  }

  // Spec: https://spec.graphql.org/September2025/#sec-Fragment-Spread-Is-Possible
  void possible(TypeId parent, TypeId type, const Selection& selection) {
    if (!parent || !type || parent == type || !schema_.types[type].composite()) return;
    const std::vector<TypeId>& a = schema_.types[parent].possible_types;
    const std::vector<TypeId>& b = schema_.types[type].possible_types;
    for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      if (a[i] < b[j]) {
        ++i;
      } else if (b[j] < a[i]) {
        ++j;
      } else if (schema_.types[a[i]].accessible) {
        return;
      } else {
        ++i, ++j;
      }
    }
    error(fmt::format("fragment {} cannot be spread here: no object can be of both types", quoted(selection.name)),
          selection.offset);
  }

  // `definitions` is null where nothing is known about the arguments.
  void arguments(ArgumentId first, const IdRange<InputValueId>* definitions, std::string_view owner, uint32_t offset) {
    NameSet given;
    for (auto [id, argument] : document_.each(first)) {
      if (!given.insert(argument.name).second) {
        error(fmt::format("there can be only one argument named {}", quoted(argument.name)), argument.offset);
      }
      VariableUse place;
      if (definitions != nullptr) {
        const InputValueId definition = find_argument(*definitions, argument.name);
        if (definition) {
          place.type = schema_.input_values[definition].type;
          place.has_default = schema_.input_values[definition].has_default;
        } else {
          error(fmt::format("unknown argument {} on {}", quoted(argument.name), quoted(owner)), argument.offset);
        }
      }
      check_value(validation_, facts_, argument.value, place);
    }
    if (definitions == nullptr) return;
    for (InputValueId id : *definitions) {
      const schema::InputValue& definition = schema_.input_values[id];
      if (definition.accessible && definition.required() && !given.contains(schema_.text(definition.name))) {
        error(fmt::format("{} lacks a required argument", quoted(owner)), offset);
      }
    }
  }

  InputValueId find_argument(const IdRange<InputValueId>& definitions, std::string_view name) const {
    for (InputValueId id : definitions) {
      const schema::InputValue& definition = schema_.input_values[id];
      if (definition.accessible && schema_.text(definition.name) == name) return id;
    }
    return {};
  }

  Validation& validation_;
  const graphql::Document& document_;
  const schema::Schema& schema_;
  DefinitionFacts& facts_;
};

std::string_view location_of(graphql::OperationType type) {
  switch (type) {
    case graphql::OperationType::query:
      return "QUERY";
    case graphql::OperationType::mutation:
      return "MUTATION";
    case graphql::OperationType::subscription:
      return "SUBSCRIPTION";
  }
  return "";
}

}  // namespace

void check_selections(Validation& validation) {
  const graphql::Document& document = validation.document;
  for (size_t i = 0; i < document.operations.size() && !validation.errors.full(); ++i) {
    const OperationId id(i);
    const graphql::Operation& operation = document[id];
    DefinitionWalk walk(validation, validation.operation_facts[id]);
    walk.directives(operation.first_directive, location_of(operation.type));
    for (auto [unused, variable] : document.each(operation.first_variable)) {
      walk.directives(variable.first_directive, "VARIABLE_DEFINITION");
    }
    const TypeId root = validation.schema.root_type(operation.type);
    if (!root || !validation.schema.types[root].accessible) {
      validation.errors.add("the schema has no root type for this kind of operation", operation.offset);
      continue;
    }
    walk.selections(operation.first_selection, root);
  }
  for (size_t i = 0; i < document.fragments.size() && !validation.errors.full(); ++i) {
    const FragmentId id(i);
    const graphql::Fragment& fragment = document[id];
    DefinitionWalk walk(validation, validation.fragment_facts[id]);
    walk.directives(fragment.first_directive, "FRAGMENT_DEFINITION");
    walk.selections(fragment.first_selection, walk.condition(fragment.type_condition, fragment.offset));
  }
}

}  // namespace signet::operation
