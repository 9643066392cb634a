// HTTP messages as the house passes them around: header fields in order, methods, status codes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signet::http {

enum class Method : uint8_t { get, head, post, put, delete_, options, patch, other };

std::string_view to_text(Method method);
/// The reason phrase for a status code; "Unknown" when it has none. Spec: RFC 9110 §15
std::string_view reason(int status);

/// Case-insensitive equality of ASCII text, as field names compare. Spec: RFC 9110 §5.1
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Header fields in the order they came.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  void add(std::string_view name, std::string_view value) { fields_.emplace_back(name, value); }
  /// Replaces all fields of that name.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  /// The first value; empty when there is none. See also count().
  std::string_view get(std::string_view name) const;
  size_t count(std::string_view name) const;
  /// All values joined with ", ". Spec: RFC 9110 §5.3
  std::string joined(std::string_view name) const;
  bool contains(std::string_view name) const { return count(name) > 0; }
  const std::vector<Field>& fields() const { return fields_; }
  size_t size() const { return fields_.size(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  ///< content coding removed
};

}  // namespace signet::http
