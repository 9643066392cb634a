// Directives in the type system are defined, stand where they may, and have the arguments they need.
// Spec: https://spec.graphql.org/September2025/#sec-Validation.Directives
#include <unordered_set>

#include "router/schema/schema_draft.hpp"

namespace signet::schema {
namespace {

class DirectiveRules {
 public:
  explicit DirectiveRules(SchemaDraft& draft) : draft_(draft), document_(draft.document), schema_(draft.schema) {
    for (const DirectiveDef& definition : schema_.directives) {
      definitions_.emplace(schema_.text(definition.name), &definition);
    }
  }

  void check(graphql::DirectiveId first, std::string_view location) {
    std::unordered_set<std::string_view> seen;
    for (auto [id, directive] : document_.each(first)) {
      const auto found = definitions_.find(directive.name);
      if (found == definitions_.end()) {
        draft_.error(fmt::format("unknown directive \"@{}\"", directive.name), directive.offset);
        continue;
      }
      const DirectiveDef& definition = *found->second;
      if (std::ranges::find(definition.locations, location) == definition.locations.end()) {
        draft_.error(fmt::format("directive \"@{}\" may not be used on {}", directive.name, location),
                     directive.offset);
      }
      if (!seen.insert(directive.name).second && !definition.repeatable) {
        draft_.error(fmt::format("directive \"@{}\" can be used only once here", directive.name), directive.offset);
      }
      check_arguments(directive, definition);
    }
  }

  void check_input_values(graphql::InputValueDefinitionId first, std::string_view location) {
    for (auto [id, value] : document_.each(first)) check(value.first_directive, location);
  }

 private:
  void check_arguments(const graphql::Directive& directive, const DirectiveDef& definition) {
    std::unordered_set<std::string_view> given;
    for (auto [id, argument] : document_.each(directive.first_argument)) {
      if (!given.insert(argument.name).second) {
        draft_.error(fmt::format("there can be only one argument named \"{}\"", argument.name), argument.offset);
      }
      const bool known = find_argument(definition, argument.name).valid();
      if (!known) {
        draft_.error(fmt::format("unknown argument \"{}\" on directive \"@{}\"", argument.name, directive.name),
                     argument.offset);
      }
    }
    for (InputValueId id : definition.arguments) {
      const InputValue& value = schema_.input_values[id];
      if (value.required() && !given.contains(schema_.text(value.name))) {
        draft_.error(
            fmt::format("directive \"@{}\" needs the argument \"{}\"", directive.name, schema_.text(value.name)),
            directive.offset);
      }
    }
  }

  InputValueId find_argument(const DirectiveDef& definition, std::string_view name) const {
    for (InputValueId id : definition.arguments) {
      if (schema_.text(schema_.input_values[id].name) == name) return id;
    }
    return {};
  }

  SchemaDraft& draft_;
  const graphql::Document& document_;
  const Schema& schema_;
  std::unordered_map<std::string_view, const DirectiveDef*> definitions_;
};

}  // namespace

void check_directive_uses(SchemaDraft& draft) {
  const graphql::Document& document = draft.document;
  DirectiveRules rules(draft);
  for (const auto& schema : document.schema_definitions) rules.check(schema.first_directive, "SCHEMA");
  for (const auto& type : document.type_definitions) {
    rules.check(type.first_directive, graphql::to_text(type.kind));
    for (auto [id, field] : document.each(type.first_field)) {
      rules.check(field.first_directive, "FIELD_DEFINITION");
      rules.check_input_values(field.first_argument, "ARGUMENT_DEFINITION");
    }
    for (auto [id, value] : document.each(type.first_enum_value)) rules.check(value.first_directive, "ENUM_VALUE");
    rules.check_input_values(type.first_input_field, "INPUT_FIELD_DEFINITION");
  }
  for (const auto& directive : document.directive_definitions) {
    rules.check_input_values(directive.first_argument, "ARGUMENT_DEFINITION");
  }
}

}  // namespace signet::schema
