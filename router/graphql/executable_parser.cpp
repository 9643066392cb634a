#include "router/graphql/parser_core.hpp"

namespace signet::graphql {
namespace {

// Spec: https://spec.graphql.org/September2025/#ExecutableDocument
class ExecutableParser : public ParserCore {
 public:
  using ParserCore::ParserCore;

  std::expected<Document, SyntaxError> parse_document() {
    do {
      parse_definition();
    } while (ok() && !peek(TokenKind::end));
    return finish();
  }

  std::expected<ParsedFieldSet, SyntaxError> parse_field_set() {
    Chain selections(document_.selections);
    const bool braces = take(TokenKind::open_brace);
    do {
      parse_selection(selections);
    } while (ok() && !peek(TokenKind::end) && !peek(TokenKind::close_brace));
    if (braces) expect(TokenKind::close_brace);
    if (ok() && !peek(TokenKind::end)) fail_unexpected();
    auto document = finish();
    if (!document) return std::unexpected(std::move(document).error());
    return ParsedFieldSet{std::move(*document), selections.first()};
  }

 private:
  using Selections = Chain<SelectionId, Selection>;

  void parse_definition() {
    if (peek(TokenKind::open_brace)) {
      Operation operation;
      operation.offset = token_.offset;
      operation.first_selection = parse_selection_set();
      document_.operations.push_back(operation);
      return;
    }
    parse_description();
    if (peek_keyword("fragment")) return parse_fragment();
    parse_operation();
  }

  void parse_operation() {
    Operation operation;
    operation.offset = token_.offset;
    if (take_keyword("query")) {
      operation.type = OperationType::query;
    } else if (take_keyword("mutation")) {
      operation.type = OperationType::mutation;
    } else if (take_keyword("subscription")) {
      operation.type = OperationType::subscription;
    } else {
      return fail_expected("an operation or a fragment");
    }
    if (peek(TokenKind::name)) operation.name = expect_name();
    operation.first_variable = parse_variable_definitions();
    operation.first_directive = parse_directives(false);
    operation.first_selection = parse_selection_set();
    document_.operations.push_back(operation);
  }

  void parse_fragment() {
    Fragment fragment;
    fragment.offset = token_.offset;
    expect_keyword("fragment");
    if (peek_keyword("on")) return fail_unexpected();
    fragment.name = expect_name();
    expect_keyword("on");
    fragment.type_condition = expect_name();
    fragment.first_directive = parse_directives(false);
    fragment.first_selection = parse_selection_set();
    document_.fragments.push_back(fragment);
  }

  VariableDefinitionId parse_variable_definitions() {
    if (!take(TokenKind::open_paren)) return {};
    Chain definitions(document_.variable_definitions);
    do {
      parse_description();
      VariableDefinition definition;
      definition.offset = token_.offset;
      expect(TokenKind::dollar);
      definition.name = expect_name();
      expect(TokenKind::colon);
      definition.type = parse_type();
      if (take(TokenKind::equals)) definition.default_value = parse_value(true);
      definition.first_directive = parse_directives(true);
      definitions.add(definition);
    } while (ok() && !take(TokenKind::close_paren));
    return definitions.first();
  }

  SelectionId parse_selection_set() {
    const Nesting nesting(*this);
    if (!nesting || !expect(TokenKind::open_brace)) return {};
    Selections selections(document_.selections);
    do {
      parse_selection(selections);
    } while (ok() && !take(TokenKind::close_brace));
    return selections.first();
  }

  void parse_selection(Selections& selections) {
    Selection selection;
    selection.offset = token_.offset;
    if (take(TokenKind::spread)) {
      if (peek(TokenKind::name) && token_.text != "on") {
        selection.kind = SelectionKind::fragment_spread;
        selection.name = expect_name();
        selection.first_directive = parse_directives(false);
      } else {
        selection.kind = SelectionKind::inline_fragment;
        if (take_keyword("on")) selection.name = expect_name();
        selection.first_directive = parse_directives(false);
        selection.first_child = parse_selection_set();
      }
      return selections.add(selection);
    }
    selection.name = expect_name();
    if (take(TokenKind::colon)) {
      selection.alias = selection.name;
      selection.name = expect_name();
    }
    if (ok() && ++field_count_ > limits_.fields_max) {
      return fail(ErrorCode::MAX_FIELDS_LIMIT, fmt::format("the document has more than {} fields", limits_.fields_max),
                  selection.offset);
    }
    selection.first_argument = parse_arguments(false);
    selection.first_directive = parse_directives(false);
    if (peek(TokenKind::open_brace)) selection.first_child = parse_selection_set();
    selections.add(selection);
  }

  uint32_t field_count_ = 0;
};

}  // namespace

std::expected<Document, SyntaxError> parse_executable(std::string_view source, const ParseLimits& limits) {
  return ExecutableParser(source, limits).parse_document();
}

std::expected<ParsedFieldSet, SyntaxError> parse_field_set(std::string_view source, const ParseLimits& limits) {
  return ExecutableParser(source, limits).parse_field_set();
}

}  // namespace signet::graphql
