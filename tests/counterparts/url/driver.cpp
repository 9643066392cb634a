// Judges URLs for the counterpart: a line of base64 in, a line out: "malformed", "denied", or "allowed SCHEME HOST
// PORT".
//
//   egress_driver          judges standard input by the policy of the corpus
//   egress_driver corpus   prints the corpus: base64 and the verdict that was written down by hand
#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <string>

#include "router/base/encoding.hpp"
#include "router/http/egress.hpp"
#include "tests/unit/router/http/url_corpus.hpp"

using namespace signet;

namespace {

std::string_view scheme_of(const http::Url& url) {
  if (url.scheme == http::Scheme::unix_socket) return "unix";
  return url.tls() ? "https" : "http";
}

std::string judge(const http::EgressPolicy& policy, std::string_view text) {
  const auto url = http::parse_url(text);
  if (!url) return "malformed";
  if (!policy.check_url(*url)) return "denied";
  return fmt::format("allowed {} {} {}", scheme_of(*url), url->host.empty() ? url->target : url->host, url->port);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "corpus") {
    for (const http::UrlCase& row : http::kUrlCorpus) {
      const std::string_view verdict = row.verdict == http::allowed  ? "allowed"
                                       : row.verdict == http::denied ? "denied"
                                                                     : "malformed";
      fmt::print("{} {}\n", base64_encode(as_bytes(row.url)), verdict);
    }
    return 0;
  }
  const auto policy = http::EgressPolicy::parse(http::corpus_policy());
  if (!policy) return 1;
  for (std::string line; std::getline(std::cin, line);) {
    const auto bytes = base64_decode(line);
    fmt::print("{}\n", bytes ? judge(*policy, as_text(*bytes)) : "not base64");
  }
  return 0;
}
