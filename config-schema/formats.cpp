#include "config-schema/formats.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

#include "router/base/units.hpp"
#include "router/http/egress.hpp"
#include "router/http/url.hpp"

namespace signet::config {
namespace {

using Check = std::expected<void, std::string>;

constexpr size_t kNameBytesMax = 128;
constexpr size_t kPathBytesMax = 4096;
constexpr std::string_view kEndpointForm = "write ADDRESS:PORT as in 0.0.0.0:4000 or [::1]:4000, or unix:/path";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Check bad(std::string_view message) {
  return std::unexpected(std::string(message));
}

template <class T>
Check outcome(const std::expected<T, std::string>& parsed) {
  return parsed ? Check() : std::unexpected(parsed.error());
}

bool consists_of(std::string_view text, std::string_view besides_letters_and_digits, size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && std::ranges::all_of(text, [&](char c) {
    return is_alnum(c) || besides_letters_and_digits.find(c) != std::string_view::npos;
  });
}

Check check_duration(std::string_view text) {
  if (const auto parsed = parse_duration(text); !parsed) {
    const bool bare = !text.empty() && text.size() <= 9 && std::ranges::all_of(text, is_digit) && text.front() != '0';
    return bad(bare ? fmt::format("has no unit; write {}s or {}ms", text, text) : parsed.error());
  }
  return {};
}

Check check_size(std::string_view text) {
  if (const auto parsed = parse_size(text); !parsed) {
    const bool bare = !text.empty() && text.size() <= 15 && std::ranges::all_of(text, is_digit) && text.front() != '0';
    return bad(bare ? fmt::format("has no unit; write {}B, or a size like 64KiB, 2MB or 16MiB", text) : parsed.error());
  }
  return {};
}

Check check_url(std::string_view text) {
  const auto url = http::parse_url(text);
  if (!url) return bad(fmt::format("{}; write a URL like https://host.example/path", url.error()));
  if (url->scheme == http::Scheme::unix_socket) return bad("is not an http or https URL");
  if (url->target.find('?') != std::string::npos)
    return bad("has a query; remove everything from the question mark on");
  return {};
}

Check check_url_path(std::string_view text) {
  const auto url = text.starts_with('/') ? http::parse_url("http://h.test" + std::string(text)) : std::unexpected("");
  const bool plain = url && text.find('?') == std::string_view::npos;
  return plain ? Check() : bad("is not a path; write one like /graphql, without query");
}

Check check_path(std::string_view text) {
  if (!text.starts_with('/')) return bad("is not an absolute path; write the whole path from /");
  if (text.size() > kPathBytesMax) return bad(fmt::format("is longer than {} bytes", kPathBytesMax));
  return std::ranges::any_of(text, [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; })
             ? bad("holds a control character; a path is one line")
             : Check();
}

Check check_origin(std::string_view text) {
  if (text == "*") return bad("is not an exact origin; list each as scheme://host[:port]");
  const auto url = http::parse_url(text);
  if (!url || url->scheme == http::Scheme::unix_socket) {
    return bad(fmt::format("is not an origin; write scheme://host[:port]{}", url ? "" : ": " + url.error()));
  }
  if (url->origin() == text) return {};
  return bad(fmt::format("is not an exact origin, without path and default port; write {}", url->origin()));
}

Check check_egress(std::string_view text) {
  const auto parsed = http::EgressPolicy::parse({std::string(text)});
  if (parsed) return {};
  // The sentence starts with the entry; whoever asked here says it already.
  std::string_view why = parsed.error();
  const std::string entry = fmt::format("\"{}\"", text);
  if (why.starts_with(entry)) why.remove_prefix(entry.size());
  while (why.starts_with(':') || why.starts_with(' ')) why.remove_prefix(1);
  return bad(why);
}

Check check_name(std::string_view text) {
  return consists_of(text, "._-", kNameBytesMax)
             ? Check()
             : bad("has to be 1 to 128 letters, digits, dots, underscores and hyphens");
}

Check check_kid(std::string_view text) {
  if (text == "webhook") return bad("is reserved for the admission webhook; choose another name");
  return check_name(text);
}

// What the composition tools in use accept as a name, taken together.
Check check_subgraph_name(std::string_view text) {
  return consists_of(text, "_-.@/", kNameBytesMax)
             ? Check()
             : bad("is not the name of a subgraph: 1 to 128 letters, digits and _ - . @ /");
}

// Spec: RFC 9110 §5.1, in lower case as HTTP/2 writes names
Check check_header_name(std::string_view text) {
  const bool token = consists_of(text, "!#$%&'*+-.^_`|~", kNameBytesMax);
  const bool upper = std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  return token && !upper ? Check() : bad("is not a header name in lower case, as in x-request-id");
}

Check check_host(std::string_view text) {
  const auto url = http::parse_url("http://" + std::string(text));
  const bool host = url && url->target == "/" && !text.ends_with('/') && url->authority() == text;
  return host ? Check() : bad("is not a host or host:port in lower case, as in api.example");
}

Check check_error_code(std::string_view text) {
  return consists_of(text, "_-.", kNameBytesMax) ? Check() : bad("is not an error code, as in NOT_FOUND");
}

Check check_service_name(std::string_view text) {
  return consists_of(text, "._-/", kNameBytesMax)
             ? Check()
             : bad("has to be 1 to 128 letters, digits, dots, hyphens, underscores and slashes");
}

// Spec: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
Check check_bucket(std::string_view text) {
  constexpr size_t kBytesMin = 3, kBytesMax = 63;
  const auto plain = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); };
  const bool good = text.size() >= kBytesMin && text.size() <= kBytesMax && plain(text.front()) && plain(text.back()) &&
                    std::ranges::all_of(text, [&](char c) { return plain(c) || c == '.' || c == '-'; }) &&
                    text.find("..") == std::string_view::npos;
  return good
             ? Check()
             : bad("is not the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and single dots, a letter "
                   "or digit at both ends");
}

// Characters that stand for themselves in URLs only, so that a key has one spelling.
Check check_key_prefix(std::string_view text) {
  constexpr size_t kBytesMax = 512;
  bool good = !text.empty() && text.size() <= kBytesMax;
  for (size_t at = 0; good && at <= text.size();) {
    const std::string_view segment = text.substr(at, text.find('/', at) - at);
    good = segment != "." && segment != ".." && consists_of(segment, "._-", kBytesMax);
    at += segment.size() + 1;
  }
  return good ? Check()
              : bad("is not a prefix of keys: names of letters, digits, dots, underscores and hyphens with single "
                    "slashes between them, none at the ends, and no dot segments");
}

Check check_region(std::string_view text) {
  return consists_of(text, "-", 64) ? Check() : bad("is not a region, as in eu-central-1");
}

// Spec: RFC 6750 §2.1, b64token
Check check_token(std::string_view text) {
  return consists_of(text, "-._~+/=", 16u << 10) ? Check()
                                                 : bad("holds a character that a bearer token cannot have; one final "
                                                       "newline of a file is stripped, more are not");
}

struct Format {
  std::string_view name;
  Check (*check)(std::string_view text);
  std::string_view hint;
};

constexpr auto kFormats = std::to_array<Format>({
    {"duration", check_duration, "a duration like 1m30s"},
    {"size", check_size, "a size like 16MiB"},
    {"timestamp", [](std::string_view text) { return outcome(parse_timestamp(text)); },
     "a time like 2026-11-25T10:00:00Z"},
    {"time_of_day", [](std::string_view text) { return outcome(parse_time_of_day(text)); }, "a time of day like 09:30"},
    {"endpoint", [](std::string_view text) { return outcome(parse_endpoint(text)); }, "ADDRESS:PORT or unix:/path"},
    {"endpoint_or_off", [](std::string_view text) { return outcome(parse_endpoint_or_off(text)); },
     "ADDRESS:PORT, unix:/path or off"},
    {"fraction", [](std::string_view text) { return outcome(parse_fraction(text)); }, "a number from 0 to 1"},
    {"url", check_url, "an http or https URL"},
    {"url_path", check_url_path, "the path of a URL"},
    {"path", check_path, "an absolute path"},
    {"origin", check_origin, "scheme://host[:port]"},
    {"egress", check_egress, "a URL pattern or a CIDR"},
    {"name", check_name, "a name"},
    {"kid", check_kid, "the name of a key"},
    {"subgraph_name", check_subgraph_name, "the name of a subgraph"},
    {"header_name", check_header_name, "the name of a header"},
    {"host", check_host, "a host"},
    {"error_code", check_error_code, "an error code"},
    {"service_name", check_service_name, "a name"},
    {"token", check_token, "a secret"},
    {"bucket", check_bucket, "the name of a bucket"},
    {"key_prefix", check_key_prefix, "a prefix of keys"},
    {"region", check_region, "a region"},
});

const Format* find_format(std::string_view name) {
  const auto* found = std::ranges::find(kFormats, name, &Format::name);
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace

std::expected<void, std::string> check_format(std::string_view format, std::string_view text) {
  const Format* known = find_format(format);
  if (known == nullptr) return {};
  auto good = known->check(text);
  // What a URL parser says about it could hold a part of the password.
  const bool credentials = text.find("://") != std::string_view::npos && text.find('@') != std::string_view::npos;
  if (!good && credentials) return bad("has an @: user names and passwords do not belong in a URL; remove them");
  return good;
}

std::string_view format_hint(std::string_view format) {
  const Format* known = find_format(format);
  return known == nullptr ? "" : known->hint;
}

std::expected<Endpoint, std::string> parse_endpoint(std::string_view text) {
  if (text.starts_with("unix:")) {
    const auto url = http::parse_url(text);
    if (!url) return std::unexpected(url.error());
    return Endpoint{"", 0, url->target};
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::unexpected(std::string(kEndpointForm));
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  const auto address = http::IpAddress::parse(host);
  if (!address || address->v6 != brackets) {
    return std::unexpected(fmt::format("the host is not an IP address; {}", kEndpointForm));
  }
  const auto port = parse_whole_number(text.substr(colon + 1));
  if (!port || *port > 65535) {
    return std::unexpected(std::string("the port is not a whole number from 0 (any free one) to 65535"));
  }
  return Endpoint{std::string(host), static_cast<uint16_t>(*port), {}};
}

std::expected<Endpoint, std::string> parse_endpoint_or_off(std::string_view text) {
  if (text == "off") return Endpoint{};
  auto endpoint = parse_endpoint(text);
  if (!endpoint) return std::unexpected(endpoint.error() + ", or off");
  return endpoint;
}

std::expected<uint64_t, std::string> parse_whole_number(std::string_view text) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  if (text.empty() || error != std::errc() || at != end || leading_zero) {
    return std::unexpected("is not a whole number; write digits without a leading zero, as in 4000");
  }
  return number;
}

std::expected<double, std::string> parse_fraction(std::string_view text) {
  constexpr std::string_view kForm = "is not a number from 0 to 1; write one like 0.01";
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view rest = dot == std::string_view::npos ? "0" : text.substr(dot + 1);
  if ((whole != "0" && whole != "1") || rest.empty() || !std::ranges::all_of(rest, is_digit)) {
    return std::unexpected(std::string(kForm));
  }
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end || value > 1) return std::unexpected(std::string(kForm));
  return value;
}

std::expected<std::chrono::minutes, std::string> parse_time_of_day(std::string_view text) {
  constexpr std::string_view kForm = "is not a time of day; write hours and minutes in UTC as in 09:30, at most 24:00";
  const bool form = text.size() == 5 && text[2] == ':' && is_digit(text[0]) && is_digit(text[1]) && is_digit(text[3]) &&
                    is_digit(text[4]);
  if (!form) return std::unexpected(std::string(kForm));
  const int hours = (text[0] - '0') * 10 + (text[1] - '0'), minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (minutes > 59 || hours * 60 + minutes > 24 * 60) return std::unexpected(std::string(kForm));
  return std::chrono::minutes(hours * 60 + minutes);
}

bool is_loopback_host(std::string_view host) {
  if (host.empty() || host == "localhost") return true;
  const auto address = http::IpAddress::parse(host);
  if (!address) return false;
  const http::IpAddress inner = address->unwrapped();
  if (!inner.v6) return inner.bytes[0] == 127;
  return inner.text() == "::1";
}

}  // namespace signet::config
