// An execution config small enough to read: users knows who wrote what, books has the titles.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace signet::testing {

inline constexpr std::string_view kSmallConfig = R"json({
 "engineConfig": {
  "defaultFlushInterval": "500",
  "datasourceConfigurations": [
   {"kind": "GRAPHQL", "id": "0", "requestTimeoutSeconds": "10", "overrideFieldPathFromAlias": true,
    "rootNodes": [{"typeName": "Query", "fieldNames": ["me"]}, {"typeName": "User", "fieldNames": ["id", "name", "wrote"]},
                  {"typeName": "Book", "fieldNames": ["isbn"], "externalFieldNames": ["title"]}],
    "childNodes": [],
    "keys": [{"typeName": "User", "selectionSet": "id"},
             {"typeName": "Book", "selectionSet": "isbn", "disableEntityResolver": true}],
    "provides": [{"typeName": "User", "fieldName": "wrote", "selectionSet": "title"}],
    "customGraphql": {
     "fetch": {"url": {"staticVariableContent": "http://users.test/graphql"}, "method": "POST", "body": {}, "baseUrl": {}, "path": {}},
     "subscription": {"enabled": true, "url": {"staticVariableContent": "ws://users.test/graphql"}},
     "upstreamSchema": {"key": "aa"}}},
   {"kind": "GRAPHQL", "id": "1",
    "rootNodes": [{"typeName": "Query", "fieldNames": ["books"]}, {"typeName": "Book", "fieldNames": ["isbn", "title", "label"]}],
    "childNodes": [{"typeName": "Price", "fieldNames": ["cents"]}],
    "keys": [{"typeName": "Book", "selectionSet": "isbn"}],
    "requires": [{"typeName": "Book", "fieldName": "label", "selectionSet": "title"}],
    "customGraphql": {
     "fetch": {"method": "POST"},
     "upstreamSchema": {"key": "bb"}}}],
  "fieldConfigurations": [{"typeName": "Query", "fieldName": "books",
                           "argumentsConfiguration": [{"name": "first", "sourceType": "FIELD_ARGUMENT"}]}],
  "graphqlSchema": "type Query { me: User books(first: Int = 3): [Book!]! }\ntype User { id: ID! name: String wrote: [Book!] }\n\"A book\" type Book { isbn: ID! title: String label: String @deprecated(reason: \"long\") }\nenum Mood { GOOD BAD }",
  "graphqlClientSchema": "type Query { me: User books: [Book!]! }\ntype User { id: ID! wrote: [Book!] }\ntype Book { isbn: ID! title: String label: String }\nenum Mood { GOOD }",
  "stringStorage": {
   "aa": "type Query { me: User } type User @key(fields: \"id\") { id: ID! name: String wrote: [Book!] } type Book { isbn: ID! title: String @external }",
   "bb": "schema { query: Root } type Root { books(first: Int = 3): [Book!]! me: User } type User { id: ID! name: String } type Book { isbn: ID! title: String! label: String }"}},
 "version": "f0c9", "unknown": [1],
 "subgraphs": [{"id": "0", "name": "users", "routingUrl": "http://users.test/old"},
               {"id": "1", "name": "books", "routingUrl": "https://books.test/graphql"}],
 "compatibilityVersion": "1:0.55.0"})json";

/// The small config with one piece of its text replaced; the test fails when the piece is not there once.
inline std::string small_config_with(std::string_view piece, std::string_view instead) {
  std::string text(kSmallConfig);
  const size_t at = text.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  if (at == std::string::npos) return text;
  EXPECT_EQ(text.find(piece, at + 1), std::string::npos) << piece << " stands there twice";
  return text.replace(at, piece.size(), instead);
}

}  // namespace signet::testing
