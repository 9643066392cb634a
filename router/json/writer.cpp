#include "router/json/writer.hpp"

#include <array>

namespace signet::json {
namespace {

// 0: copy; 1: \u00XX; else the letter of a short escape.
constexpr auto kEscapes = [] {
  std::array<char, 256> table{};
  for (int c = 0; c < 0x20; ++c) table[static_cast<size_t>(c)] = 1;
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  size_t clean = 0;  // start of the run that needs no escape
  for (size_t i = 0; i < text.size(); ++i) {
    const char escape = kEscapes[static_cast<uint8_t>(text[i])];
    if (escape == 0) continue;
    out.append(text, clean, i - clean);
    clean = i + 1;
    out.push_back('\\');
    if (escape != 1) {
      out.push_back(escape);
    } else {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out.append("u00");
      out.push_back(kDigits[static_cast<uint8_t>(text[i]) >> 4]);
      out.push_back(kDigits[static_cast<uint8_t>(text[i]) & 15]);
    }
  }
  out.append(text, clean, text.size() - clean);
  out.push_back('"');
}

void Writer::separate() {
  if (comma_) out_->push_back(',');
  comma_ = true;
}

Writer& Writer::open(char bracket) {
  separate();
  out_->push_back(bracket);
  comma_ = false;
  return *this;
}

Writer& Writer::close(char bracket) {
  out_->push_back(bracket);
  comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  append_string(*out_, name);
  out_->push_back(':');
  comma_ = false;
  return *this;
}

Writer& Writer::value(std::string_view text) {
  separate();
  append_string(*out_, text);
  return *this;
}

Writer& Writer::raw(std::string_view text) {
  separate();
  out_->append(text);
  return *this;
}

}  // namespace signet::json
