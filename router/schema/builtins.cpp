#include "router/schema/builtins.hpp"

#include <unordered_set>

namespace signet::schema {
namespace {

struct Builtin {
  std::string_view name;
  bool directive = false;
  std::string_view sdl;
};

constexpr Builtin kBuiltins[] = {
    {.name = "Int", .sdl = "scalar Int"},
    {.name = "Float", .sdl = "scalar Float"},
    {.name = "String", .sdl = "scalar String"},
    {.name = "Boolean", .sdl = "scalar Boolean"},
    {.name = "ID", .sdl = "scalar ID"},
    {.name = "skip",
     .directive = true,
     .sdl = "\"Leaves the selection out when the argument is true.\" "
            "directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT"},
    {.name = "include",
     .directive = true,
     .sdl = "\"Takes the selection in only when the argument is true.\" "
            "directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT"},
    {.name = "deprecated",
     .directive = true,
     .sdl = "\"Marks an element of the schema as no longer supported.\" "
            "directive @deprecated(reason: String! = \"No longer supported\") "
            "on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE"},
    {.name = "specifiedBy",
     .directive = true,
     .sdl = "\"Names the URL that specifies a custom scalar.\" directive @specifiedBy(url: String!) on SCALAR"},
    {.name = "oneOf",
     .directive = true,
     .sdl = "\"Exactly one field of the input object must be given, and not null.\" "
            "directive @oneOf on INPUT_OBJECT"},
    {.name = "__Schema", .sdl = R"(type __Schema {
  description: String
  types: [__Type!]!
  queryType: __Type!
  mutationType: __Type
  subscriptionType: __Type
  directives: [__Directive!]!
})"},
    {.name = "__Type", .sdl = R"(type __Type {
  kind: __TypeKind!
  name: String
  description: String
  specifiedByURL: String
  fields(includeDeprecated: Boolean! = false): [__Field!]
  interfaces: [__Type!]
  possibleTypes: [__Type!]
  enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]
  inputFields(includeDeprecated: Boolean! = false): [__InputValue!]
  ofType: __Type
  isOneOf: Boolean
})"},
    {.name = "__TypeKind", .sdl = "enum __TypeKind {SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL}"},
    {.name = "__Field", .sdl = R"(type __Field {
  name: String!
  description: String
  args(includeDeprecated: Boolean! = false): [__InputValue!]!
  type: __Type!
  isDeprecated: Boolean!
  deprecationReason: String
})"},
    {.name = "__InputValue", .sdl = R"(type __InputValue {
  name: String!
  description: String
  type: __Type!
  defaultValue: String
  isDeprecated: Boolean!
  deprecationReason: String
})"},
    {.name = "__EnumValue", .sdl = R"(type __EnumValue {
  name: String!
  description: String
  isDeprecated: Boolean!
  deprecationReason: String
})"},
    {.name = "__Directive", .sdl = R"(type __Directive {
  name: String!
  description: String
  isRepeatable: Boolean!
  locations: [__DirectiveLocation!]!
  args(includeDeprecated: Boolean! = false): [__InputValue!]!
})"},
    {.name = "__DirectiveLocation",
     .sdl = "enum __DirectiveLocation {QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD "
            "INLINE_FRAGMENT VARIABLE_DEFINITION SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE "
            "UNION ENUM ENUM_VALUE INPUT_OBJECT INPUT_FIELD_DEFINITION}"},
};

}  // namespace

std::string with_builtins(const graphql::Document& document) {
  std::unordered_set<std::string_view> type_names, directive_names;
  for (const graphql::TypeDefinition& type : document.type_definitions) {
    if (!type.extension) type_names.insert(type.name);
  }
  for (const auto& directive : document.directive_definitions) directive_names.insert(directive.name);
  std::string text(document.source());
  for (const Builtin& builtin : kBuiltins) {
    if ((builtin.directive ? directive_names : type_names).contains(builtin.name)) continue;
    text += '\n';
    text += builtin.sdl;
  }
  return text;
}

}  // namespace signet::schema
