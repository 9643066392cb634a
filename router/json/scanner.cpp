#include "router/json/scanner.hpp"

#include <simdjson.h>

#include "router/json/scalar_check.hpp"

namespace signet::json {

const char* refuse_text(std::string_view text) {
  if (text.size() > UINT32_MAX / 2) return "the text is too large";
  if (text.starts_with("\xEF\xBB\xBF")) return "the text starts with a byte-order mark";
  return simdjson::validate_utf8(text.data(), text.size()) ? nullptr : "the text is not valid UTF-8";
}

std::string_view Scanner::name() {
  skip_space();
  bool escaped = false;
  size_t length = *at_ == '"' ? plain_string_length(at_, end_) : 0;
  if (length == 0 && *at_ == '"') length = string_length(rest(), escaped);
  if (length == 0) {
    fail();
    return {};
  }
  const std::string_view token(at_, length);
  at_ += length;
  expect(':');
  return token;
}

bool Scanner::value(Value& out, uint32_t depth_max) {
  skip_space();
  const char* const start = at_;
  out.has_object = false;
  if (*at_ == '{' || *at_ == '[') {
    out.kind = *at_ == '{' ? Kind::object : Kind::array;
    if (!containers(depth_max, out.has_object)) return fail();
  } else if (!scalar(out.kind)) {
    return fail();
  }
  out.raw = {start, static_cast<size_t>(at_ - start)};
  return true;
}

bool Scanner::scalar(Kind& kind) {
  std::string_view raw;
  if (const Scalar seen = take_scalar(raw); seen != Scalar::other) {
    kind = kind_of(seen);
    return true;
  }
  const auto literal = [&](std::string_view text, Kind which) {
    if (!rest().starts_with(text)) return false;
    at_ += text.size();
    kind = which;
    return true;
  };
  switch (*at_) {
    case '"': {
      bool escaped = false;
      const size_t length = string_length(rest(), escaped);
      at_ += length;
      kind = Kind::string;
      return length > 0;
    }
    case 't':
      return literal("true", Kind::boolean);
    case 'f':
      return literal("false", Kind::boolean);
    case 'n':
      return literal("null", Kind::null);
    default: {
      const size_t length = number_length(rest());
      at_ += length;
      kind = Kind::number;
      return length > 0;
    }
  }
}

/// From the opening bracket that is next to its closing one.
bool Scanner::containers(uint32_t depth_max, bool& has_object) {
  std::string open;  // the closing bracket of each container; short ones need no allocation
  while (true) {
    // A value begins here.
    skip_space();
    if (*at_ == '{' || *at_ == '[') {
      if (open.size() >= depth_max) return false;
      const char close = *at_ == '{' ? '}' : ']';
      has_object = has_object || close == '}';
      ++at_;
      if (!take(close)) {
        open.push_back(close);
        if (close == '}') name();
        if (failed_) return false;
        continue;
      }
    } else {
      Kind kind{};
      if (!scalar(kind)) return false;
    }
    // A value has ended.
    while (!open.empty() && !take(',')) {
      if (!take(open.back())) return false;
      open.pop_back();
    }
    if (open.empty()) return true;
    if (open.back() == '}') name();
    if (failed_) return false;
  }
}

}  // namespace signet::json
