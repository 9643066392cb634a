// A JSON text read token by token, without a tree: for bodies whose layout the reader knows. As strict as Document,
// except that it does not see repeated member names: whoever keeps members looks for those.
// Spec: RFC 8259
#pragma once

#include <string>
#include <string_view>

#include "router/base/short_bytes.hpp"
#include "router/json/document.hpp"
#include "router/json/scalar_check.hpp"

namespace signet::json {

/// Why `text` cannot be JSON whatever it says: too large, a byte-order mark, not UTF-8. Null when nothing is wrong.
const char* refuse_text(std::string_view text);

/// Lifetime: borrows the text, which refuse_text() must have nothing against, and which must not change.
/// Errors: the first one is kept; from then on nothing is taken and failed() is true.
class Scanner {
 public:
  /// A std::string, for the NUL behind its end.
  explicit Scanner(const std::string& text) : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

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
    if (*at_ != c || at_ == end_) return false;
    ++at_;
    return true;
  }
  /// Takes `c`, or fails.
  bool expect(char c) { return take(c) || fail(); }
  /// Takes `name` when it comes next exactly so: `"name":`. Says nothing about other spellings of the same.
  bool take_name(std::string_view name) {
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

  /// Takes the next value when it is a string or an integer whose end shows at once, which is so for most; else takes
  /// nothing.
  bool take_scalar(Value& out) {
    skip_space();
    const bool string = *at_ == '"';
    const size_t length = string ? short_string_length(at_, end_) : short_integer_length(at_);
    if (length == 0) return false;
    out.kind = string ? Kind::string : Kind::number;
    out.raw = {at_, length};
    out.has_object = false;
    at_ += length;
    return true;
  }

  /// True when nothing but white space is left.
  bool at_end() { return !failed_ && peek() == '\0' && at_ == end_; }

 private:
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
