// IP addresses and CIDRs: text, embedded IPv4, and the ranges that are not the public internet.
#include <charconv>
#include <fmt/format.h>

#include "router/http/egress.hpp"

namespace signet::http {
namespace {

struct Range {
  std::array<uint8_t, 4> network;
  uint8_t prefix_bits;
};

// Spec: https://www.iana.org/assignments/iana-ipv4-special-registry
constexpr auto kSpecialV4 = std::to_array<Range>({{{0, 0, 0, 0}, 8},        // this network
                                                  {{10, 0, 0, 0}, 8},       // private
                                                  {{100, 64, 0, 0}, 10},    // shared
                                                  {{127, 0, 0, 0}, 8},      // loopback
                                                  {{169, 254, 0, 0}, 16},   // link-local, cloud metadata
                                                  {{172, 16, 0, 0}, 12},    // private
                                                  {{192, 0, 0, 0}, 24},     // protocol assignments
                                                  {{192, 0, 2, 0}, 24},     // documentation
                                                  {{192, 88, 99, 0}, 24},   // 6to4 relay
                                                  {{192, 168, 0, 0}, 16},   // private
                                                  {{198, 18, 0, 0}, 15},    // benchmarking
                                                  {{198, 51, 100, 0}, 24},  // documentation
                                                  {{203, 0, 113, 0}, 24},   // documentation
                                                  {{224, 0, 0, 0}, 4},      // multicast
                                                  {{240, 0, 0, 0}, 4}});    // reserved, broadcast

bool has_prefix(std::span<const uint8_t> bytes, std::span<const uint8_t> network, size_t bits) {
  for (size_t i = 0; i < bits / 8; ++i) {
    if (bytes[i] != network[i]) return false;
  }
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<uint8_t>(0xFF << (8 - bits % 8));
  return (bytes[bits / 8] & mask) == (network[bits / 8] & mask);
}

uint16_t group(const IpAddress& address, size_t i) {
  return static_cast<uint16_t>(address.bytes[2 * i] << 8 | address.bytes[2 * i + 1]);
}

// Spec: https://www.iana.org/assignments/iana-ipv6-special-registry. Only 2000::/3 is global unicast at all.
bool special_v6(const IpAddress& address) {
  if ((address.bytes[0] & 0xE0) != 0x20) return true;
  const uint16_t first = group(address, 0), second = group(address, 1);
  const bool protocol_assignments = first == 0x2001 && second < 0x200;  // Teredo, benchmarking, ORCHID among them
  const bool documentation = (first == 0x2001 && second == 0xDB8) || (first == 0x3FFF && second < 0x1000);
  return protocol_assignments || documentation;
}

std::optional<IpAddress> parse_v4(std::string_view text) {
  IpAddress address;
  for (size_t i = 0; i < 4; ++i) {
    const size_t end = i < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view part = text.substr(0, end);
    uint8_t value = 0;
    const auto [at, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (part.empty() || error != std::errc() || at != part.data() + part.size()) return std::nullopt;
    if (part.size() > 1 && part.front() == '0') return std::nullopt;
    address.bytes[i] = value;
    text.remove_prefix(i < 3 ? end + 1 : end);
  }
  return address;
}

// Up to eight groups of one to four lower-case hexadecimal digits; the number of groups, or -1.
int parse_groups(std::string_view text, std::array<uint16_t, 8>& groups) {
  if (text.empty()) return 0;
  for (int count = 0; count < 8;) {
    const std::string_view part = text.substr(0, text.find(':'));
    uint16_t value = 0;
    const auto [at, error] = std::from_chars(part.data(), part.data() + part.size(), value, 16);
    if (part.empty() || part.size() > 4 || error != std::errc() || at != part.data() + part.size()) return -1;
    groups[static_cast<size_t>(count++)] = value;
    if (part.size() == text.size()) return count;
    text.remove_prefix(part.size() + 1);
  }
  return -1;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  std::array<uint16_t, 8> head{}, tail{};
  const size_t gap = text.find("::");
  const int head_count = parse_groups(text.substr(0, gap), head);
  const int tail_count = gap == std::string_view::npos ? 0 : parse_groups(text.substr(gap + 2), tail);
  if (head_count < 0 || tail_count < 0) return std::nullopt;
  if (gap == std::string_view::npos ? head_count != 8 : head_count + tail_count > 7) return std::nullopt;
  const auto heads = static_cast<size_t>(head_count), tails = static_cast<size_t>(tail_count);
  std::array<uint16_t, 8> groups{};
  std::copy_n(head.begin(), heads, groups.begin());
  std::copy_n(tail.begin(), tails, groups.end() - tail_count);
  IpAddress address{.v6 = true};
  for (size_t i = 0; i < 8; ++i) {
    address.bytes[2 * i] = static_cast<uint8_t>(groups[i] >> 8);
    address.bytes[2 * i + 1] = static_cast<uint8_t>(groups[i]);
  }
  return address.text() == text ? std::optional(address) : std::nullopt;  // one spelling
}

// The longest run of two or more zero groups, the first of equals. Spec: RFC 5952 §4.2
std::pair<size_t, size_t> longest_zero_run(const IpAddress& address) {
  size_t best = 8, best_length = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t length = 0;
    while (i + length < 8 && group(address, i + length) == 0) ++length;
    if (length > best_length) {
      best = i;
      best_length = length;
    }
  }
  return {best, best == 8 ? 0 : best_length};
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

IpAddress IpAddress::unwrapped() const {
  if (!v6) return *this;
  constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  constexpr std::array<uint8_t, 12> kNat64{0, 0x64, 0xFF, 0x9B};
  constexpr std::array<uint8_t, 12> kCompatible{};
  auto embedded = [&](size_t at) {
    IpAddress inner;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), 4, inner.bytes.begin());
    return inner;
  };
  if (has_prefix(bytes, kMapped, 96) || has_prefix(bytes, kNat64, 96)) return embedded(12);
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return embedded(2);
  const bool unspecified_or_loopback = bytes[12] == 0 && bytes[13] == 0 && bytes[14] == 0 && bytes[15] <= 1;
  if (has_prefix(bytes, kCompatible, 96) && !unspecified_or_loopback) return embedded(12);
  return *this;
}

bool IpAddress::special() const {
  const IpAddress inner = unwrapped();
  if (inner.v6) return special_v6(inner);
  return std::ranges::any_of(
      kSpecialV4, [&](const Range& range) { return has_prefix(inner.bytes, range.network, range.prefix_bits); });
}

std::string IpAddress::text() const {
  if (!v6) return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
  const auto [gap, gap_length] = longest_zero_run(*this);
  std::string out;
  for (size_t i = 0; i < 8;) {
    if (i == gap) {
      out += "::";
      i += gap_length;
      continue;
    }
    if (!out.empty() && !out.ends_with(':')) out += ':';
    out += fmt::format("{:x}", group(*this, i++));
  }
  return out;
}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto network = IpAddress::parse(text.substr(0, slash));
  const std::string_view bits = text.substr(slash + 1);
  uint8_t prefix = 0;
  const auto [at, error] = std::from_chars(bits.data(), bits.data() + bits.size(), prefix);
  if (!network || bits.empty() || error != std::errc() || at != bits.data() + bits.size()) return std::nullopt;
  const unsigned width = network->v6 ? 128 : 32;
  if ((bits.size() > 1 && bits.front() == '0') || prefix == 0 || prefix > width) return std::nullopt;
  for (unsigned bit = prefix; bit < width; ++bit) {
    if ((network->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return std::nullopt;  // host bits must be zero
  }
  return Cidr{*network, prefix};
}

bool Cidr::contains(const IpAddress& address) const {
  return address.v6 == network.v6 && has_prefix(address.bytes, network.bytes, prefix_bits);
}

}  // namespace signet::http
