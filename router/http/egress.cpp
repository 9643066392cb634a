#include "router/http/egress.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace signet::http {
namespace {

constexpr size_t kEntriesMax = 1'000;

std::string scheme_prefix(Scheme scheme) {
  return scheme == Scheme::https ? "https://" : "http://";
}

// "products" of "products.shop.internal" stands for exactly one label before `suffix`. Programs disagree on what is a
// name in Punycode and what it says, so that such a label stands in the list itself.
bool one_label_before(std::string_view host, std::string_view suffix) {
  if (host.size() < suffix.size() + 2 || !host.ends_with(suffix)) return false;
  const std::string_view label = host.substr(0, host.size() - suffix.size() - 1);
  return host[label.size()] == '.' && label.find('.') == std::string_view::npos && !label.starts_with("xn--");
}

struct Wildcard {
  bool present = false;
  std::string entry;  // without "*."
};

Wildcard take_wildcard(std::string_view entry) {
  for (Scheme scheme : {Scheme::https, Scheme::http}) {
    const std::string prefix = scheme_prefix(scheme);
    if (entry.starts_with(prefix + "*.")) return {true, prefix + std::string(entry.substr(prefix.size() + 2))};
  }
  return {false, std::string(entry)};
}

}  // namespace

std::expected<EgressPolicy, std::string> EgressPolicy::parse(const std::vector<std::string>& entries) {
  EgressPolicy policy;
  if (entries.size() > kEntriesMax) {
    return std::unexpected(fmt::format("{} entries; at most {} are allowed", entries.size(), kEntriesMax));
  }
  for (const std::string& entry : entries) {
    if (!entry.starts_with("unix:") && entry.find("://") == std::string::npos) {
      const auto cidr = Cidr::parse(entry);
      if (!cidr) {
        return std::unexpected(fmt::format(
            "\"{}\" is neither a URL pattern like https://*.shop.internal nor a CIDR like 10.0.0.0/8 with zero host "
            "bits and a prefix of at least 1",
            entry));
      }
      policy.cidrs_.push_back(*cidr);
      continue;
    }
    const Wildcard wildcard = take_wildcard(entry);
    const auto url = parse_url(wildcard.entry);
    if (!url) return std::unexpected(fmt::format("\"{}\": {}", entry, url.error()));
    if (wildcard.present && url->host_kind != HostKind::name) {
      return std::unexpected(fmt::format("\"{}\": a wildcard stands before a host name, not an address", entry));
    }
    const bool socket = url->scheme == Scheme::unix_socket;
    if (!socket && (url->target != "/" || entry.ends_with('/'))) {
      return std::unexpected(fmt::format("\"{}\": a pattern ends after host and port; remove the path", entry));
    }
    policy.patterns_.push_back({url->scheme, wildcard.present, socket ? url->target : url->host, url->port});
  }
  return policy;
}

bool EgressPolicy::lists(const Url& url) const {
  const bool socket = url.scheme == Scheme::unix_socket;
  return std::ranges::any_of(patterns_, [&](const Pattern& pattern) {
    if (pattern.scheme != url.scheme || pattern.port != url.port) return false;
    if (pattern.wildcard) return url.host_kind == HostKind::name && one_label_before(url.host, pattern.host);
    return pattern.host == (socket ? url.target : url.host);
  });
}

bool EgressPolicy::contains(const IpAddress& address) const {
  return std::ranges::any_of(cidrs_, [&](const Cidr& cidr) { return cidr.contains(address); });
}

std::expected<void, std::string> EgressPolicy::check_url(const Url& url) const {
  if (!lists(url)) {
    return std::unexpected(fmt::format("{} is not in the allow list; add \"{}\" if the router may talk to it",
                                       url.origin(), url.origin()));
  }
  if (ceiling_ && !ceiling_->lists(url)) {
    return std::unexpected(
        fmt::format("{} is beyond the ceiling of the trust root; add \"{}\" to its subgraphs.allow "
                    "if the router may talk to it",
                    url.origin(), url.origin()));
  }
  if (url.scheme == Scheme::unix_socket || url.host_kind == HostKind::name) return {};
  const auto address = IpAddress::parse(url.host);
  if (!address) return std::unexpected(fmt::format("{} is not an IP address", url.host));
  return check_address(*address);
}

std::expected<void, std::string> EgressPolicy::check_address(const IpAddress& address) const {
  const IpAddress inner = address.unwrapped();
  if (!inner.special()) return {};
  const bool listed = contains(inner);
  if (listed && (!ceiling_ || ceiling_->contains(inner))) return {};
  return std::unexpected(fmt::format(
      "{} is a private, local or reserved address that no CIDR of {} contains; add \"{}/{}\" "
      "if the router may connect to it",
      inner.text(), listed ? "the trust root's subgraphs.allow" : "the allow list", inner.text(), inner.v6 ? 128 : 32));
}

}  // namespace signet::http
