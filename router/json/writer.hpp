// JSON output: compact text appended to a string. The caller keeps the nesting right; commas are placed here.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace signet::json {

/// Appends `text` as a JSON string with quotes. Spec: RFC 8259 §7; `text` must be UTF-8.
void append_string(std::string& out, std::string_view text);

/// Lifetime: borrows the output string.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(&out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& key(std::string_view name);
  Writer& value(std::string_view text);
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(bool truth) { return raw(truth ? "true" : "false"); }
  Writer& null() { return raw("null"); }
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Writer& value(T number) {
    return raw(std::to_string(number));
  }
  /// Appends `text`, which must be one valid JSON value.
  Writer& raw(std::string_view text);

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void separate();

  std::string* out_;
  bool comma_ = false;
};

}  // namespace signet::json
