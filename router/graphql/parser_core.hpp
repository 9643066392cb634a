// What the executable and the type-system parser share: the current token, the first error, limits, values, directives
// and type references. Internal to router/graphql.
//
// After the first error the current token stays `end`, so that every loop over tokens stops and no caller has to check
// each step; finish() then yields the error.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "router/graphql/lexer.hpp"
#include "router/graphql/parser.hpp"

namespace signet::graphql {

class ParserCore {
 public:
  ParserCore(std::string_view source, const ParseLimits& limits);

  /// The document, or the first error.
  std::expected<Document, SyntaxError> finish();

 protected:
  /// Nesting in the call stack is bounded by this, whatever the caller's limit says.
  static constexpr uint32_t kRecursionCeiling = 500;

  /// Counts one level of nesting for as long as it lives; false when that is one too many.
  class Nesting {
   public:
    explicit Nesting(ParserCore& parser) : parser_(&parser), entered_(parser.enter()) {}
    ~Nesting() { --parser_->depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    explicit operator bool() const { return entered_; }

   private:
    ParserCore* parser_;
    bool entered_;
  };

  /// Builds a sibling list from its front.
  template <class IdType, class Node>
  class Chain {
   public:
    explicit Chain(IdVector<IdType, Node>& nodes) : nodes_(&nodes) {}
    void add(IdType id) {
      if (last_.valid()) {
        (*nodes_)[last_].next = id;
      } else {
        first_ = id;
      }
      last_ = id;
    }
    void add(Node node) { add(nodes_->push_back(std::move(node))); }
    IdType first() const { return first_; }

   private:
    IdVector<IdType, Node>* nodes_;
    IdType first_, last_;
  };

  bool ok() const { return !error_; }
  bool peek(TokenKind kind) const { return token_.kind == kind; }
  bool peek_keyword(std::string_view word) const { return peek(TokenKind::name) && token_.text == word; }
  bool take(TokenKind kind);
  bool take_keyword(std::string_view word);
  bool expect(TokenKind kind);
  void expect_keyword(std::string_view word);
  std::string_view expect_name();
  void advance();

  void fail(ErrorCode code, std::string message, uint32_t offset);
  void fail_expected(std::string_view what);
  void fail_unexpected();

  ValueId parse_value(bool constant);
  ArgumentId parse_arguments(bool constant);
  DirectiveId parse_directives(bool constant);
  TypeRefId parse_type();
  /// A string before a definition, if there is one.
  std::string_view parse_description();

  Document document_;
  ParseLimits limits_;
  Token token_;

 private:
  bool enter();
  ValueId parse_list(bool constant);
  ValueId parse_object(bool constant);

  Lexer lexer_;
  std::optional<SyntaxError> error_;
  uint32_t depth_ = 0;
};

}  // namespace signet::graphql
