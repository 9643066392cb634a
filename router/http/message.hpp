// HTTP messages as the house passes them around: header fields in order, methods, status codes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace signet::http {

enum class Method : uint8_t { get, head, post, put, delete_, options, patch, other };

std::string_view to_text(Method method);
/// The reason phrase for a status code; "Unknown" when it has none. Spec: RFC 9110 §15
std::string_view reason(int status);

/// Case-insensitive equality of ASCII text, as field names compare. Spec: RFC 9110 §5.1
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Header fields in the order they came, kept as the lines in which they are sent.
class Headers {
 public:
  using Field = std::pair<std::string_view, std::string_view>;

  /// Walks the lines. Lifetime: until the headers change.
  class Iterator {
   public:
    explicit Iterator(std::string_view lines) : rest_(lines) {}
    Field operator*() const;
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

   private:
    std::string_view rest_;
  };

  Headers() = default;
  /// `lines`: each `name: value\r\n`, the name a token and no control character in the value.
  static Headers of_lines(std::string lines) {
    Headers headers;
    headers.lines_ = std::move(lines);
    return headers;
  }

  /// A field cannot carry another one: line ends and NUL in
  /// `value` become spaces, and a `name` that is not a token is not added.
  void add(std::string_view name, std::string_view value);
  /// Replaces all fields of that name.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  /// Room for `bytes` of lines.
  void reserve(size_t bytes) { lines_.reserve(bytes); }
  /// The first value; empty when there is none. See also count().
  std::string_view get(std::string_view name) const;
  size_t count(std::string_view name) const;
  /// All values joined with ", ". Spec: RFC 9110 §5.3
  std::string joined(std::string_view name) const;
  bool contains(std::string_view name) const { return count(name) > 0; }
  size_t size() const;
  Iterator begin() const { return Iterator(lines_); }
  Iterator end() const { return Iterator({}); }
  /// `name: value\r\n` for each field. Spec: RFC 9112 §5
  std::string_view lines() const { return lines_; }

 private:
  Headers without(std::string_view name) const;
  void append(std::string_view name, std::string_view value);

  std::string lines_;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  ///< content coding removed
};

}  // namespace signet::http
