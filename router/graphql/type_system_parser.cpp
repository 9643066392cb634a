#include "router/graphql/parser_core.hpp"

namespace signet::graphql {
namespace {

constexpr std::array<std::string_view, 19> kDirectiveLocations = {"QUERY",
                                                                  "MUTATION",
                                                                  "SUBSCRIPTION",
                                                                  "FIELD",
                                                                  "SCHEMA",
                                                                  "SCALAR",
                                                                  "OBJECT",
                                                                  "FIELD_DEFINITION",
                                                                  "INTERFACE",
                                                                  "UNION",
                                                                  "ENUM",
                                                                  "ENUM_VALUE",
                                                                  "INPUT_OBJECT",
                                                                  "FRAGMENT_SPREAD",
                                                                  "INLINE_FRAGMENT",
                                                                  "VARIABLE_DEFINITION",
                                                                  "FRAGMENT_DEFINITION",
                                                                  "ARGUMENT_DEFINITION",
                                                                  "INPUT_FIELD_DEFINITION"};

// Spec: https://spec.graphql.org/September2025/#TypeSystemExtensionDocument
class TypeSystemParser : public ParserCore {
 public:
  using ParserCore::ParserCore;

  std::expected<Document, SyntaxError> parse_document() {
    do {
      parse_definition();
    } while (ok() && !peek(TokenKind::end));
    return finish();
  }

 private:
  void parse_definition() {
    const bool described = peek(TokenKind::string);
    const std::string_view description = parse_description();
    const uint32_t offset = token_.offset;
    const bool extension = !described && take_keyword("extend");
    if (take_keyword("schema")) return parse_schema(description, extension, offset);
    if (!extension && take_keyword("directive")) return parse_directive_definition(description, offset);

    TypeDefinition type;
    type.extension = extension;
    type.description = description;
    if (take_keyword("scalar")) {
      type.kind = TypeKind::scalar;
    } else if (take_keyword("type")) {
      type.kind = TypeKind::object;
    } else if (take_keyword("interface")) {
      type.kind = TypeKind::interface;
    } else if (take_keyword("union")) {
      type.kind = TypeKind::union_;
    } else if (take_keyword("enum")) {
      type.kind = TypeKind::enum_;
    } else if (take_keyword("input")) {
      type.kind = TypeKind::input_object;
    } else {
      return fail_expected("a type system definition");
    }
    type.offset = token_.offset;
    type.name = expect_name();
    parse_type_body(type);
  }

  void parse_type_body(TypeDefinition& type) {
    if (type.kind == TypeKind::object || type.kind == TypeKind::interface) type.first_interface = parse_interfaces();
    type.first_directive = parse_directives(true);
    switch (type.kind) {
      case TypeKind::scalar:
        break;
      case TypeKind::object:
      case TypeKind::interface:
        type.first_field = parse_fields();
        break;
      case TypeKind::union_:
        type.first_member = parse_members();
        break;
      case TypeKind::enum_:
        type.first_enum_value = parse_enum_values();
        break;
      case TypeKind::input_object:
        type.first_input_field = parse_input_values(TokenKind::open_brace, TokenKind::close_brace);
        break;
    }
    const bool adds_nothing = !type.first_interface && !type.first_directive && !type.first_field &&
                              !type.first_member && !type.first_enum_value && !type.first_input_field;
    if (type.extension && adds_nothing) return fail_unexpected();
    document_.type_definitions.push_back(type);
  }

  void parse_schema(std::string_view description, bool extension, uint32_t offset) {
    SchemaDefinition schema;
    schema.extension = extension;
    schema.description = description;
    schema.offset = offset;
    schema.first_directive = parse_directives(true);
    if (!extension || peek(TokenKind::open_brace)) {
      expect(TokenKind::open_brace);
      do {
        parse_root_type(schema);
      } while (ok() && !take(TokenKind::close_brace));
    } else if (!schema.first_directive) {
      return fail_unexpected();
    }
    document_.schema_definitions.push_back(schema);
  }

  void parse_root_type(SchemaDefinition& schema) {
    std::string_view* root = peek_keyword("query")          ? &schema.query
                             : peek_keyword("mutation")     ? &schema.mutation
                             : peek_keyword("subscription") ? &schema.subscription
                                                            : nullptr;
    if (root == nullptr) return fail_expected("\"query\", \"mutation\" or \"subscription\"");
    if (!root->empty()) {
      return fail(ErrorCode::GRAPHQL_PARSE_FAILED,
                  fmt::format("there can be only one {} type in a schema", token_.text), token_.offset);
    }
    advance();
    expect(TokenKind::colon);
    *root = expect_name();
  }

  void parse_directive_definition(std::string_view description, uint32_t offset) {
    DirectiveDefinition directive;
    directive.description = description;
    directive.offset = offset;
    expect(TokenKind::at);
    directive.name = expect_name();
    directive.first_argument = parse_input_values(TokenKind::open_paren, TokenKind::close_paren);
    directive.repeatable = take_keyword("repeatable");
    expect_keyword("on");
    take(TokenKind::pipe);
    Chain locations(document_.named_types);
    do {
      if (std::ranges::find(kDirectiveLocations, token_.text) == kDirectiveLocations.end()) {
        return fail_expected("a directive location");
      }
      locations.add(named_type());
    } while (take(TokenKind::pipe));
    directive.first_location = locations.first();
    document_.directive_definitions.push_back(directive);
  }

  NamedType named_type() {
    const uint32_t offset = token_.offset;
    return {.name = expect_name(), .offset = offset, .next = {}};
  }

  NamedTypeId parse_interfaces() {
    if (!take_keyword("implements")) return {};
    take(TokenKind::ampersand);
    Chain interfaces(document_.named_types);
    do {
      interfaces.add(named_type());
    } while (take(TokenKind::ampersand));
    return interfaces.first();
  }

  NamedTypeId parse_members() {
    if (!take(TokenKind::equals)) return {};
    take(TokenKind::pipe);
    Chain members(document_.named_types);
    do {
      members.add(named_type());
    } while (take(TokenKind::pipe));
    return members.first();
  }

  FieldDefinitionId parse_fields() {
    if (!take(TokenKind::open_brace)) return {};
    Chain fields(document_.field_definitions);
    do {
      FieldDefinition field;
      field.description = parse_description();
      field.offset = token_.offset;
      field.name = expect_name();
      field.first_argument = parse_input_values(TokenKind::open_paren, TokenKind::close_paren);
      expect(TokenKind::colon);
      field.type = parse_type();
      field.first_directive = parse_directives(true);
      fields.add(field);
    } while (ok() && !take(TokenKind::close_brace));
    return fields.first();
  }

  InputValueDefinitionId parse_input_values(TokenKind open, TokenKind close) {
    if (!take(open)) return {};
    Chain values(document_.input_value_definitions);
    do {
      InputValueDefinition value;
      value.description = parse_description();
      value.offset = token_.offset;
      value.name = expect_name();
      expect(TokenKind::colon);
      value.type = parse_type();
      if (take(TokenKind::equals)) value.default_value = parse_value(true);
      value.first_directive = parse_directives(true);
      values.add(value);
    } while (ok() && !take(close));
    return values.first();
  }

  EnumValueDefinitionId parse_enum_values() {
    if (!take(TokenKind::open_brace)) return {};
    Chain values(document_.enum_value_definitions);
    do {
      EnumValueDefinition value;
      value.description = parse_description();
      value.offset = token_.offset;
      if (peek_keyword("true") || peek_keyword("false") || peek_keyword("null")) {
        fail(ErrorCode::GRAPHQL_PARSE_FAILED,
             fmt::format("syntax error: \"{}\" is reserved and cannot name an enum value", token_.text), token_.offset);
      }
      value.name = expect_name();
      value.first_directive = parse_directives(true);
      values.add(value);
    } while (ok() && !take(TokenKind::close_brace));
    return values.first();
  }
};

}  // namespace

std::expected<Document, SyntaxError> parse_type_system(std::string_view source, const ParseLimits& limits) {
  return TypeSystemParser(source, limits).parse_document();
}

}  // namespace signet::graphql
