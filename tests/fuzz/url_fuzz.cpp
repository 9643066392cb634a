// Invariant: allowed ⇒ the host is literally in the list. The list here is fixed; the input is the URL.
#include <cstdlib>
#include <string_view>

#include "router/base/check.hpp"
#include "router/http/egress.hpp"

using namespace signet::http;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const EgressPolicy policy =
      EgressPolicy::parse({"https://good.test", "https://*.shop.internal", "http://127.0.0.1:4001", "unix:/run/a.sock",
                           "https://[fd00::1]:8443", "127.0.0.0/8", "fd00::/8"})
          .value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto url = parse_url(text);
  if (!url) return 0;
  const auto again = parse_url(url->text());
  SIGNET_CHECK(again && *again == *url);
  if (!policy.check_url(*url)) return 0;
  const bool exact = (url->origin() == "https://good.test" && text.starts_with("https://good.test")) ||
                     (url->origin() == "http://127.0.0.1:4001" && text.starts_with("http://127.0.0.1:4001")) ||
                     (url->origin() == "https://[fd00::1]:8443" && text.starts_with("https://[fd00::1]:8443")) ||
                     text == "unix:/run/a.sock";
  const size_t dot = url->host.find('.');
  const bool wildcard = url->scheme == Scheme::https && dot != 0 && url->port == 443 && dot != std::string::npos &&
                        url->host.substr(dot) == ".shop.internal" && text.starts_with("https://" + url->host);
  SIGNET_CHECK(exact || wildcard);
  return 0;
}
