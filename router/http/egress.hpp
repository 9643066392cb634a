// The egress allowlist: which URLs the router may talk to, and which resolved addresses it may connect to.
//
// `subgraphs.allow` holds URL patterns (`https://*.shop.internal`, `*.` is exactly one label) and CIDRs. A URL must
// match a pattern by scheme, host and port. The addresses its host resolves to are checked again at connect time:
// private, loopback, link-local and other special addresses need a CIDR that lists them.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/http/url.hpp"

namespace signet::http {

/// An IP address in network order; IPv4 is held as such, never as a mapped IPv6 address.
struct IpAddress {
  bool v6 = false;
  std::array<uint8_t, 16> bytes{};  ///< IPv4: the first four

  static std::optional<IpAddress> parse(std::string_view text);  ///< dotted quad or RFC 5952 text, nothing else
  /// IPv4 out of mapped, compatible, NAT64 (64:ff9b::/96) and 6to4 (2002::/16) IPv6 addresses; others unchanged.
  IpAddress unwrapped() const;
  /// Loopback, private, link-local, unique local, multicast, unspecified, shared, benchmarking, documentation,
  /// reserved.
  bool special() const;
  std::string text() const;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

struct Cidr {
  IpAddress network;
  uint8_t prefix_bits = 0;

  static std::optional<Cidr> parse(std::string_view text);
  bool contains(const IpAddress& address) const;
};

class EgressPolicy {
 public:
  /// Errors: the first entry that is neither a URL pattern nor a CIDR, and why.
  static std::expected<EgressPolicy, std::string> parse(const std::vector<std::string>& entries);

  /// Allowed by scheme, host and port; an IP literal host needs an exact URL entry or, when it is special, a CIDR as
  /// well. Errors: a sentence naming the host and what to add.
  std::expected<void, std::string> check_url(const Url& url) const;
  /// Allowed to connect to, for a host that check_url() allowed. Errors: as check_url().
  std::expected<void, std::string> check_address(const IpAddress& address) const;

  /// What `ceiling` does not allow is not allowed here either, from now on.
  void limit_to(EgressPolicy ceiling) { ceiling_ = std::make_shared<const EgressPolicy>(std::move(ceiling)); }

  bool empty() const { return patterns_.empty(); }

 private:
  bool lists(const Url& url) const;
  bool contains(const IpAddress& address) const;

  struct Pattern {
    Scheme scheme = Scheme::https;
    bool wildcard = false;  // host is the part after "*."
    std::string host;       // or the path of a unix socket
    uint16_t port = 0;
  };
  std::vector<Pattern> patterns_;
  std::vector<Cidr> cidrs_;
  std::shared_ptr<const EgressPolicy> ceiling_;  // null: none
};

}  // namespace signet::http
