#include "router/graphql/parser_core.hpp"

#include "router/base/utf8.hpp"

namespace signet::graphql {
namespace {

constexpr size_t kQuotedBytesMax = 40;

std::string_view describe(TokenKind kind) {
  switch (kind) {
    case TokenKind::end:
      return "end of document";
    case TokenKind::name:
      return "name";
    case TokenKind::integer:
      return "integer";
    case TokenKind::floating:
      return "float";
    case TokenKind::string:
      return "string";
    case TokenKind::spread:
      return "\"...\"";
    case TokenKind::bang:
      return "\"!\"";
    case TokenKind::dollar:
      return "\"$\"";
    case TokenKind::ampersand:
      return "\"&\"";
    case TokenKind::open_paren:
      return "\"(\"";
    case TokenKind::close_paren:
      return "\")\"";
    case TokenKind::colon:
      return "\":\"";
    case TokenKind::equals:
      return "\"=\"";
    case TokenKind::at:
      return "\"@\"";
    case TokenKind::open_bracket:
      return "\"[\"";
    case TokenKind::close_bracket:
      return "\"]\"";
    case TokenKind::open_brace:
      return "\"{\"";
    case TokenKind::pipe:
      return "\"|\"";
    case TokenKind::close_brace:
      return "\"}\"";
    case TokenKind::invalid:
      return "invalid text";
  }
  return "";
}

// The words for a token in a message: names are shown, literals are not, because they may be private.
std::string describe(const Token& token) {
  if (token.kind != TokenKind::name) return std::string(describe(token.kind));
  if (token.text.size() <= kQuotedBytesMax) return fmt::format("\"{}\"", token.text);
  return fmt::format("\"{}…\"", token.text.substr(0, kQuotedBytesMax));
}

}  // namespace

ParserCore::ParserCore(std::string_view source, const ParseLimits& limits)
    : document_(source), limits_(limits), lexer_(document_.source(), document_.cooked) {
  limits_.recursion_max = std::min(limits_.recursion_max, kRecursionCeiling);
  if (source.size() >= UINT32_MAX) {
    fail(ErrorCode::MAX_DOCUMENT_LIMIT, "the document is longer than 4 GiB", 0);
  } else if (!is_utf8(source)) {
    fail(ErrorCode::GRAPHQL_PARSE_FAILED, "syntax error: the document is not valid UTF-8", 0);
  } else {
    advance();
  }
}

std::expected<Document, SyntaxError> ParserCore::finish() {
  if (error_) return std::unexpected(std::move(*error_));
  return std::move(document_);
}

void ParserCore::advance() {
  if (!ok()) return;
  token_ = lexer_.next();
  if (token_.kind == TokenKind::end) return;
  if (token_.kind == TokenKind::invalid) {
    fail(ErrorCode::GRAPHQL_PARSE_FAILED, fmt::format("syntax error: {}", lexer_.problem()), token_.offset);
    return;
  }
  if (document_.token_count == limits_.tokens_max) {
    fail(ErrorCode::MAX_TOKENS_LIMIT, fmt::format("the document has more than {} tokens", limits_.tokens_max),
         token_.offset);
    return;
  }
  ++document_.token_count;
}

bool ParserCore::take(TokenKind kind) {
  if (token_.kind != kind || !ok()) return false;
  advance();
  return true;
}

bool ParserCore::take_keyword(std::string_view word) {
  if (!peek_keyword(word)) return false;
  advance();
  return true;
}

bool ParserCore::expect(TokenKind kind) {
  if (take(kind)) return true;
  fail_expected(describe(kind));
  return false;
}

void ParserCore::expect_keyword(std::string_view word) {
  if (!take_keyword(word)) fail_expected(fmt::format("\"{}\"", word));
}

std::string_view ParserCore::expect_name() {
  const std::string_view name = token_.text;
  if (!expect(TokenKind::name)) return {};
  return name;
}

void ParserCore::fail(ErrorCode code, std::string message, uint32_t offset) {
  if (!error_) error_ = SyntaxError{code, std::move(message), document_.position(offset)};
  token_ = {TokenKind::end, offset, {}};
}

void ParserCore::fail_expected(std::string_view what) {
  if (!ok()) return;
  fail(ErrorCode::GRAPHQL_PARSE_FAILED, fmt::format("syntax error: expected {}, found {}", what, describe(token_)),
       token_.offset);
}

void ParserCore::fail_unexpected() {
  if (!ok()) return;
  fail(ErrorCode::GRAPHQL_PARSE_FAILED, fmt::format("syntax error: unexpected {}", describe(token_)), token_.offset);
}

bool ParserCore::enter() {
  if (++depth_ <= limits_.recursion_max) return true;
  fail(ErrorCode::MAX_RECURSION_LIMIT, fmt::format("the document nests deeper than {} levels", limits_.recursion_max),
       token_.offset);
  return false;
}

ValueId ParserCore::parse_value(bool constant) {
  Value value{.offset = token_.offset, .text = token_.text, .first_item = {}, .first_field = {}, .next = {}};
  switch (token_.kind) {
    case TokenKind::open_bracket:
      return parse_list(constant);
    case TokenKind::open_brace:
      return parse_object(constant);
    case TokenKind::integer:
      value.kind = ValueKind::integer;
      break;
    case TokenKind::floating:
      value.kind = ValueKind::floating;
      break;
    case TokenKind::string:
      value.kind = ValueKind::string;
      break;
    case TokenKind::name:
      value.kind = token_.text == "true" || token_.text == "false" ? ValueKind::boolean
                   : token_.text == "null"                         ? ValueKind::null
                                                                   : ValueKind::enumeration;
      break;
    case TokenKind::dollar:
      if (constant) {
        fail(ErrorCode::GRAPHQL_PARSE_FAILED, "syntax error: a variable is not allowed in a constant value",
             token_.offset);
        return {};
      }
      advance();
      value.kind = ValueKind::variable;
      value.text = expect_name();
      return document_.values.push_back(value);
    default:
      fail_expected("a value");
      return {};
  }
  advance();
  return document_.values.push_back(value);
}

ValueId ParserCore::parse_list(bool constant) {
  const Nesting nesting(*this);
  if (!nesting) return {};
  const uint32_t offset = token_.offset;
  expect(TokenKind::open_bracket);
  Chain items(document_.values);
  while (ok() && !take(TokenKind::close_bracket)) {
    const ValueId item = parse_value(constant);
    if (item.valid()) items.add(item);
  }
  return document_.values.push_back({.kind = ValueKind::list,
                                     .offset = offset,
                                     .text = {},
                                     .first_item = items.first(),
                                     .first_field = {},
                                     .next = {}});
}

ValueId ParserCore::parse_object(bool constant) {
  const Nesting nesting(*this);
  if (!nesting) return {};
  const uint32_t offset = token_.offset;
  expect(TokenKind::open_brace);
  Chain fields(document_.arguments);
  while (ok() && !take(TokenKind::close_brace)) {
    Argument field{.name = token_.text, .value = {}, .offset = token_.offset, .next = {}};
    expect_name();
    expect(TokenKind::colon);
    field.value = parse_value(constant);
    fields.add(field);
  }
  return document_.values.push_back({.kind = ValueKind::object,
                                     .offset = offset,
                                     .text = {},
                                     .first_item = {},
                                     .first_field = fields.first(),
                                     .next = {}});
}

ArgumentId ParserCore::parse_arguments(bool constant) {
  if (!take(TokenKind::open_paren)) return {};
  Chain arguments(document_.arguments);
  do {
    Argument argument{.name = token_.text, .value = {}, .offset = token_.offset, .next = {}};
    expect_name();
    expect(TokenKind::colon);
    argument.value = parse_value(constant);
    arguments.add(argument);
  } while (ok() && !take(TokenKind::close_paren));
  return arguments.first();
}

DirectiveId ParserCore::parse_directives(bool constant) {
  Chain directives(document_.directives);
  while (ok() && peek(TokenKind::at)) {
    Directive directive{.name = {}, .first_argument = {}, .offset = token_.offset, .next = {}};
    advance();
    directive.name = expect_name();
    directive.first_argument = parse_arguments(constant);
    directives.add(directive);
  }
  return directives.first();
}

TypeRefId ParserCore::parse_type() {
  const uint32_t offset = token_.offset;
  TypeRefId type;
  if (peek(TokenKind::open_bracket)) {
    const Nesting nesting(*this);
    if (!nesting) return {};
    advance();
    const TypeRefId inner = parse_type();
    expect(TokenKind::close_bracket);
    type = document_.type_refs.push_back({.kind = TypeRefKind::list, .name = {}, .inner = inner, .offset = offset});
  } else {
    const std::string_view name = expect_name();
    type = document_.type_refs.push_back({.kind = TypeRefKind::named, .name = name, .inner = {}, .offset = offset});
  }
  if (take(TokenKind::bang)) {
    type = document_.type_refs.push_back({.kind = TypeRefKind::non_null, .name = {}, .inner = type, .offset = offset});
  }
  return type;
}

std::string_view ParserCore::parse_description() {
  const std::string_view text = token_.text;
  return take(TokenKind::string) ? text : std::string_view();
}

}  // namespace signet::graphql
