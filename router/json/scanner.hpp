// A JSON text read token by token, without a tree: for bodies whose layout the reader knows. As strict as Document,
// except that it does not see repeated member names: whoever keeps members looks for those.
// Spec: RFC 8259
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "router/base/check.hpp"
#include "router/base/short_bytes.hpp"
#include "router/json/document.hpp"
#include "router/json/scalar_check.hpp"

namespace signet::json {

/// Why `text` cannot be JSON whatever it says: too large, a byte-order mark, not UTF-8. Null when nothing is wrong.
const char* refuse_text(std::string_view text);

/// What a scalar is, as far as its first look tells; bits, so that a set of them is one number.
enum class Scalar : uint8_t {
  other = 0,  ///< anything
  null = 1,
  boolean = 2,
  string = 4,
  short_integer = 8,  ///< an integer that fits 32 bits, as its few digits tell
  number = 16,        ///< any other that is far from the bounds of a double
};

/// What any but Scalar::other is in JSON.
inline Kind kind_of(Scalar scalar) {
  switch (scalar) {
    case Scalar::null:
      return Kind::null;
    case Scalar::boolean:
      return Kind::boolean;
    case Scalar::string:
      return Kind::string;
    default:
      return Kind::number;
  }
}

/// Lifetime: borrows the text, which refuse_text() must have nothing against, and which must not change.
/// Errors: the first one is kept; from then on nothing is taken and failed() is true.
class Scanner {
 public:
  /// A std::string, for the NUL behind its end.
  explicit Scanner(const std::string& text) : Scanner(std::string_view(text)) {}
  /// Any text that a NUL follows.
  static Scanner of_terminated(std::string_view text) {
    SIGNET_CHECK(text.data()[text.size()] == '\0');
    return Scanner(text);
  }
  /// For a value of such a text, all of which was read before.
  static Scanner of_value(std::string_view value) { return Scanner(value); }

  bool failed() const { return failed_; }
  /// Gives up; always false.
  bool fail() {
    failed_ = true;
    at_ = end_;
    return false;
  }

  /// The place of the next token, white space skipped.
  size_t offset() {
    skip_space();
    return static_cast<size_t>(at_ - begin_);
  }
  /// The place right behind the last token that was taken.
  size_t consumed() const { return static_cast<size_t>(at_ - begin_); }
  /// What is left of the text, from the next token on.
  std::string_view rest() {
    skip_space();
    return {at_, static_cast<size_t>(end_ - at_)};
  }
  /// Goes to a place that offset() told.
  void seek(size_t offset) { at_ = begin_ + offset; }

  /// The first byte of the next token; NUL at the end of the text.
  char peek() {
    skip_space();
    return *at_;
  }
  /// Takes the punctuation character `c` when it is next.
  bool take(char c) {
    skip_space();
    if (*at_ != c) return false;
    ++at_;
    return true;
  }
  /// Takes `c`, or fails.
  bool expect(char c) { return take(c) || fail(); }
  /// Takes `name` when it comes next exactly so: `"name":`. Says nothing about other spellings of the same.
  [[gnu::always_inline]] bool take_name(std::string_view name) {
    skip_space();
    if (static_cast<size_t>(end_ - at_) < name.size() || !same_bytes(at_, name)) return false;
    at_ += name.size();
    return true;
  }
  /// The next token, a string with its quotes, and the colon behind it.
  std::string_view name();

  struct Value {
    Kind kind = Kind::null;
    std::string_view raw;
    bool has_object = false;  ///< an object, or an array with one somewhere in it
  };
  /// Takes the next value, whatever it is. `depth_max` counts its own containers.
  bool value(Value& out, uint32_t depth_max = limits::kJsonDepthMax);

  /// Takes the next value when it is a scalar whose kind and end show at once, which is so for nearly all; else takes
  /// nothing and returns Scalar::other.
  [[gnu::always_inline]] Scalar take_scalar(std::string_view& raw) {
    skip_space();
    size_t length = 0;
    Scalar scalar = Scalar::other;
    if (*at_ == '"') {
      length = plain_string_length(at_, end_);
      scalar = Scalar::string;
    } else if (static_cast<size_t>(end_ - at_) > kFalse.size() && *at_ >= 'f') {
      const std::string_view word = *at_ == 't' ? kTrue : *at_ == 'n' ? kNull : kFalse;
      length = same_bytes(at_, word) ? word.size() : 0;
      scalar = *at_ == 'n' ? Scalar::null : Scalar::boolean;
    } else {
      bool integer = false;
      length = plain_number_length(at_, integer);
      if (length > kNumberBytes) return Scalar::other;
      scalar = integer && length <= kShortIntegerBytes ? Scalar::short_integer : Scalar::number;
    }
    if (length == 0) return Scalar::other;
    raw = {at_, length};
    at_ += length;
    return scalar;
  }

  /// True when nothing but white space is left.
  bool at_end() { return !failed_ && peek() == '\0' && at_ == end_; }

 private:
  explicit Scanner(std::string_view text) : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  static constexpr std::string_view kTrue = "true", kFalse = "false", kNull = "null";
  static constexpr size_t kShortIntegerBytes = 9;
  static constexpr size_t kNumberBytes = 300;

  void skip_space() {
    while (*at_ <= ' ' && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool scalar(Kind& kind);
  bool containers(uint32_t depth_max, bool& has_object);

  const char* begin_;
  const char* at_;
  const char* end_;
  bool failed_ = false;
};

}  // namespace signet::json
