#include "router/operation/json_integer.hpp"

#include <charconv>
#include <cstdint>

namespace signet::operation {

std::optional<std::string> canonical_integer(std::string_view number, size_t digits_max) {
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);

  // number = digits * 10^exponent
  int64_t exponent = 0;
  const size_t e = number.find_first_of("eE");
  if (e != std::string_view::npos) {
    std::string_view text = number.substr(e + 1);
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) text.remove_prefix(1);
    constexpr int64_t kExponentMax = 1'000'000'000;  // beyond any document's digits
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc() || exponent > kExponentMax) exponent = kExponentMax;
    if (minus) exponent = -exponent;
    number = number.substr(0, e);
  }
  std::string digits;
  const size_t point = number.find('.');
  digits += number.substr(0, point);
  if (point != std::string_view::npos) {
    digits += number.substr(point + 1);
    exponent -= static_cast<int64_t>(number.size() - point - 1);
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return "0";
  while (digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  if (exponent < 0) return std::nullopt;
  if (digits.size() > digits_max || exponent > static_cast<int64_t>(digits_max - digits.size())) return std::nullopt;
  digits.append(static_cast<size_t>(exponent), '0');
  return negative ? "-" + digits : digits;
}

bool fits_int32(std::string_view canonical) {
  int32_t value = 0;
  const auto [end, error] = std::from_chars(canonical.data(), canonical.data() + canonical.size(), value);
  return error == std::errc() && end == canonical.data() + canonical.size();
}

}  // namespace signet::operation
