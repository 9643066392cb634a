#include "router/base/utf8.hpp"

#include <algorithm>

namespace signet {

bool is_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const uint8_t*>(text.data());
  const auto* end = at + text.size();
  auto continuation = [&](uint8_t low, uint8_t high) {
    const bool fits = at < end && *at >= low && *at <= high;
    if (fits) ++at;
    return fits;
  };
  while (at < end) {
    const uint8_t lead = *at++;
    if (lead < 0x80) continue;
    bool good = false;
    if (lead >= 0xC2 && lead <= 0xDF) {
      good = continuation(0x80, 0xBF);
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      good = continuation(lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && continuation(0x80, 0xBF);
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      good = continuation(lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && continuation(0x80, 0xBF) &&
             continuation(0x80, 0xBF);
    }
    if (!good) return false;
  }
  return true;
}

void append_utf8(std::string& out, uint32_t code_point) {
  auto byte = [&](uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0 | code_point >> 6);
    byte(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    byte(0xE0 | code_point >> 12);
    byte(0x80 | (code_point >> 6 & 0x3F));
    byte(0x80 | (code_point & 0x3F));
  } else {
    byte(0xF0 | code_point >> 18);
    byte(0x80 | (code_point >> 12 & 0x3F));
    byte(0x80 | (code_point >> 6 & 0x3F));
    byte(0x80 | (code_point & 0x3F));
  }
}

std::string shortened(std::string text, size_t bytes_max) {
  constexpr std::string_view kEllipsis = "…";
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max - std::min(bytes_max, kEllipsis.size());
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  text.resize(end);
  return text.append(kEllipsis);
}

}  // namespace signet
