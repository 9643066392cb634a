// Value: what resolvers take and return. JSON's kinds, and objects that know their GraphQL type.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace signet::demo {

struct Value;
using List = std::vector<Value>;

/// A number as its text, so that what passes through keeps every digit.
struct Number {
  std::string text;
};

/// An object of a GraphQL type, or (with an empty type) the fields of an input object.
struct Object {
  std::string type;
  std::vector<std::pair<std::string, Value>> fields;

  /// Null when there is no such field.
  const Value* find(std::string_view name) const;
  /// The field as text; empty when it is absent or no string.
  std::string_view text(std::string_view name) const;
  /// The field as an integer; 0 when it is absent or no integer.
  int64_t integer(std::string_view name) const;
};

struct Value {
  std::variant<std::monostate, bool, Number, std::string, List, std::shared_ptr<const Object>> data;

  Value() = default;
  Value(bool truth) : data(truth) {}
  Value(int number) : data(Number{std::to_string(number)}) {}
  Value(int64_t number) : data(Number{std::to_string(number)}) {}
  Value(Number number) : data(std::move(number)) {}
  Value(const char* text) : data(std::string(text)) {}
  Value(std::string text) : data(std::move(text)) {}
  Value(List items) : data(std::move(items)) {}
  Value(std::shared_ptr<const Object> object) : data(std::move(object)) {}

  bool is_null() const { return data.index() == 0; }
  const std::string* text() const { return std::get_if<std::string>(&data); }
  const Number* number() const { return std::get_if<Number>(&data); }
  const bool* boolean() const { return std::get_if<bool>(&data); }
  const List* list() const { return std::get_if<List>(&data); }
  const Object* object() const;
};

/// A table of objects of one type: column names, then one row per object.
List make_table(std::string_view type, const std::vector<std::string_view>& columns,
                const std::vector<std::vector<Value>>& rows);

}  // namespace signet::demo
