#include "router/graphql/lexer.hpp"

#include "router/base/utf8.hpp"

namespace signet::graphql {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_high_surrogate(uint32_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(uint32_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}
bool is_scalar_value(uint32_t code_point) {
  return code_point < 0xD800 || (code_point > 0xDFFF && code_point <= 0x10FFFF);
}

// Four hexadecimal digits at `position`, or nothing.
std::optional<uint32_t> fixed_unit(std::string_view source, size_t position) {
  if (position + 4 > source.size()) return std::nullopt;
  uint32_t unit = 0;
  for (size_t i = 0; i < 4; ++i) {
    const int digit = hex_digit(source[position + i]);
    if (digit < 0) return std::nullopt;
    unit = unit << 4 | static_cast<uint32_t>(digit);
  }
  return unit;
}

}  // namespace

bool is_name_start(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_continue(char c) {
  return is_name_start(c) || is_digit(c);
}

bool Lexer::digit_at(size_t position) const {
  return position < source_.size() && is_digit(source_[position]);
}

void Lexer::skip_ignored() {
  while (position_ < source_.size()) {
    const char c = source_[position_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',') {
      ++position_;
    } else if (c == '#') {
      const size_t end = source_.find_first_of("\n\r", position_);
      position_ = end == std::string_view::npos ? source_.size() : end;
    } else if (c == kByteOrderMark.front() && source_.substr(position_, 3) == kByteOrderMark) {
      position_ += kByteOrderMark.size();
    } else {
      return;
    }
  }
}

Token Lexer::next() {
  skip_ignored();
  if (position_ >= source_.size()) return {TokenKind::end, static_cast<uint32_t>(source_.size()), {}};
  const char c = source_[position_];
  switch (c) {
    case '!':
      return punctuator(TokenKind::bang, 1);
    case '$':
      return punctuator(TokenKind::dollar, 1);
    case '&':
      return punctuator(TokenKind::ampersand, 1);
    case '(':
      return punctuator(TokenKind::open_paren, 1);
    case ')':
      return punctuator(TokenKind::close_paren, 1);
    case ':':
      return punctuator(TokenKind::colon, 1);
    case '=':
      return punctuator(TokenKind::equals, 1);
    case '@':
      return punctuator(TokenKind::at, 1);
    case '[':
      return punctuator(TokenKind::open_bracket, 1);
    case ']':
      return punctuator(TokenKind::close_bracket, 1);
    case '{':
      return punctuator(TokenKind::open_brace, 1);
    case '|':
      return punctuator(TokenKind::pipe, 1);
    case '}':
      return punctuator(TokenKind::close_brace, 1);
    case '.':
      if (source_.substr(position_, 3) == "...") return punctuator(TokenKind::spread, 3);
      return invalid(position_, "unexpected \".\"");
    case '"':
      return source_.substr(position_, 3) == "\"\"\"" ? block_string() : string();
    default:
      break;
  }
  if (is_name_start(c)) return name();
  if (c == '-' || is_digit(c)) return number();
  return invalid(position_, "unexpected character");
}

Token Lexer::punctuator(TokenKind kind, size_t length) {
  const Token token{kind, static_cast<uint32_t>(position_), source_.substr(position_, length)};
  position_ += length;
  return token;
}

Token Lexer::name() {
  size_t end = position_ + 1;
  while (end < source_.size() && is_name_continue(source_[end])) ++end;
  return punctuator(TokenKind::name, end - position_);
}

Token Lexer::number() {
  size_t end = position_;
  bool floating = false;
  if (at(end, '-')) ++end;
  if (at(end, '0')) {
    ++end;
    if (digit_at(end)) return invalid(end, "a number may not start with 0 and another digit");
  } else {
    if (!digit_at(end)) return invalid(end, "a number needs a digit here");
    while (digit_at(end)) ++end;
  }
  if (at(end, '.')) {
    floating = true;
    ++end;
    if (!digit_at(end)) return invalid(end, "a number needs a digit after its point");
    while (digit_at(end)) ++end;
  }
  if (at(end, 'e') || at(end, 'E')) {
    floating = true;
    ++end;
    if (at(end, '+') || at(end, '-')) ++end;
    if (!digit_at(end)) return invalid(end, "a number needs a digit in its exponent");
    while (digit_at(end)) ++end;
  }
  // `0xF`, `1.2.3` and `1a` are refused rather than read as two tokens.
  if (end < source_.size() && (source_[end] == '.' || is_name_start(source_[end]))) {
    return invalid(end, "a number may not be followed by a name or a point");
  }
  return punctuator(floating ? TokenKind::floating : TokenKind::integer, end - position_);
}

Token Lexer::string() {
  const size_t begin = position_ + 1;
  size_t end = begin;
  std::string cooked;
  bool escaped = false;
  while (true) {
    if (end >= source_.size() || source_[end] == '\n' || source_[end] == '\r') {
      return invalid(end, "the string is not closed");
    }
    const char c = source_[end];
    if (c == '"') break;
    if (c != '\\') {
      if (escaped) cooked.push_back(c);
      ++end;
      continue;
    }
    if (!escaped) {
      escaped = true;
      cooked.assign(source_.substr(begin, end - begin));
    }
    if (!read_escape(end, cooked)) return invalid(end, "the escape in the string is not valid");
  }
  Token token{TokenKind::string, static_cast<uint32_t>(position_), source_.substr(begin, end - begin)};
  if (escaped) token.text = cooked_->copy(cooked);
  position_ = end + 1;
  return token;
}

// Reads the escape whose backslash is at `position`, appends its meaning and moves past it.
bool Lexer::read_escape(size_t& position, std::string& out) {
  if (position + 1 >= source_.size()) return false;
  const char kind = source_[position + 1];
  if (kind != 'u') {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const size_t index = kLetters.find(kind);
    if (index == std::string_view::npos) return false;
    out.push_back(kMeanings[index]);
    position += 2;
    return true;
  }
  size_t end = position + 2;
  uint32_t code_point = 0;
  if (at(end, '{')) {
    ++end;
    const size_t first = end;
    while (end < source_.size() && hex_digit(source_[end]) >= 0) {
      code_point = code_point << 4 | static_cast<uint32_t>(hex_digit(source_[end]));
      if (code_point > 0x10FFFF) return false;
      ++end;
    }
    if (end == first || !at(end, '}')) return false;
    ++end;
  } else {
    const std::optional<uint32_t> unit = fixed_unit(source_, end);
    if (!unit) return false;
    code_point = *unit;
    end += 4;
    if (is_high_surrogate(code_point)) {
      if (!at(end, '\\') || !at(end + 1, 'u')) return false;
      const std::optional<uint32_t> low = fixed_unit(source_, end + 2);
      if (!low || !is_low_surrogate(*low)) return false;
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (*low - 0xDC00);
      end += 6;
    }
  }
  if (!is_scalar_value(code_point)) return false;
  append_utf8(out, code_point);
  position = end;
  return true;
}

Token Lexer::block_string() {
  const size_t begin = position_ + 3;
  size_t end = begin;
  while (true) {
    end = source_.find_first_of("\"\\", end);
    if (end == std::string_view::npos) return invalid(source_.size(), "the block string is not closed");
    const std::string_view rest = source_.substr(end);
    if (rest.starts_with("\"\"\"")) break;
    end += rest.starts_with("\\\"\"\"") ? 4 : 1;
  }
  Token token{TokenKind::string, static_cast<uint32_t>(position_), {}};
  token.text = cooked_->copy(block_string_value(source_.substr(begin, end - begin)));
  position_ = end + 3;
  return token;
}

Token Lexer::invalid(size_t position, const char* problem) {
  problem_ = problem;
  position_ = source_.size();
  return {TokenKind::invalid, static_cast<uint32_t>(position), {}};
}

std::string block_string_value(std::string_view raw) {
  std::vector<std::string_view> lines;
  size_t begin = 0;
  while (true) {
    const size_t end = raw.find_first_of("\n\r", begin);
    if (end == std::string_view::npos) break;
    lines.push_back(raw.substr(begin, end - begin));
    begin = end + (raw.substr(end).starts_with("\r\n") ? 2 : 1);
  }
  lines.push_back(raw.substr(begin));

  const auto indentation = [](std::string_view line) {
    const size_t text = line.find_first_not_of(" \t");
    return text == std::string_view::npos ? line.size() : text;
  };
  size_t common = std::string_view::npos;
  size_t first = lines.size();
  size_t last = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t indent = indentation(lines[i]);
    if (indent == lines[i].size()) continue;
    if (i > 0) common = std::min(common, indent);
    first = std::min(first, i);
    last = i + 1;
  }

  std::string out;
  for (size_t i = first; i < last; ++i) {
    if (i > first) out.push_back('\n');
    std::string_view line = lines[i];
    if (i > 0 && common != std::string_view::npos) line.remove_prefix(std::min(common, line.size()));
    size_t at = 0;
    while (true) {
      const size_t escape = line.find("\\\"\"\"", at);
      out.append(line.substr(at, escape == std::string_view::npos ? escape : escape - at));
      if (escape == std::string_view::npos) break;
      out.append("\"\"\"");
      at = escape + 4;
    }
  }
  return out;
}

}  // namespace signet::graphql
