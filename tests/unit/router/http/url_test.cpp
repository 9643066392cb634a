#include "router/http/url.hpp"

#include <cstdio>
#include <gtest/gtest.h>

#include "router/base/encoding.hpp"
#include "router/base/limits.hpp"
#include "router/http/egress.hpp"
#include "tests/unit/router/http/url_corpus.hpp"

namespace signet::http {
namespace {

TEST(Url, CorpusOfAttacksGetsItsVerdicts) {
  static_assert(kUrlCorpus.size() >= 80);
  const auto policy = EgressPolicy::parse(corpus_policy());
  ASSERT_TRUE(policy) << policy.error();
  for (const UrlCase& row : kUrlCorpus) {
    const auto url = parse_url(row.url);
    const Verdict verdict = !url ? malformed : policy->check_url(*url) ? allowed : denied;
    EXPECT_EQ(static_cast<int>(verdict), static_cast<int>(row.verdict))
        << row.row << " " << row.url << (url ? "" : ": " + url.error());
  }
}

// Another reader of URLs, one with a different history, must see the same host and port in whatever we accept.
TEST(Url, NodeSeesTheSameHostAndPort) {
  if (std::system("node --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no node command";
  std::string list, expected;
  for (const UrlCase& row : kUrlCorpus) {
    const auto url = parse_url(row.url);
    if (!url || url->scheme == Scheme::unix_socket) continue;
    list += "'" + base64_encode(as_bytes(row.url)) + "',";
    expected += url->authority() + "\n";
  }
  const std::string command = "node -e \"for (const u of [" + list +
                              "]) console.log(new URL(Buffer.from(u, 'base64').toString('latin1')).host)\"";
  std::FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string seen(1u << 16, '\0');
  seen.resize(std::fread(seen.data(), 1, seen.size(), pipe));
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(seen, expected);
}

TEST(Url, PartsOfAUrl) {
  const auto url = parse_url("https://products.shop.internal:8443/graphql?a=b");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "products.shop.internal");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/graphql?a=b");
  EXPECT_EQ(url->authority(), "products.shop.internal:8443");
  EXPECT_EQ(url->text(), "https://products.shop.internal:8443/graphql?a=b");
  EXPECT_EQ(parse_url("https://a.test")->target, "/");
  EXPECT_EQ(parse_url("https://a.test:443/")->authority(), "a.test");
  EXPECT_EQ(parse_url("http://[2001:db8::1]:81/")->authority(), "[2001:db8::1]:81");
  EXPECT_EQ(parse_url("unix:/run/a.sock")->text(), "unix:/run/a.sock");
}

TEST(Url, LengthsAreLimits) {
  const std::string path(limits::kUrlBytesMax - std::string_view("https://a.test/").size(), 'a');
  EXPECT_TRUE(parse_url("https://a.test/" + path));
  EXPECT_FALSE(parse_url("https://a.test/" + path + "a"));
  EXPECT_TRUE(parse_url("https://" + std::string(63, 'a') + ".test/"));
  EXPECT_FALSE(parse_url("https://" + std::string(64, 'a') + ".test/"));
  std::string host = "a";
  while (host.size() < 253) host += ".a";
  EXPECT_TRUE(parse_url("https://" + host + "/"));
  EXPECT_FALSE(parse_url("https://b" + host + "/"));
  EXPECT_FALSE(parse_url("unix:/" + std::string(107, 'a')));
}

TEST(Url, EveryByteOutsideTheAlphabetIsRefusedEverywhere) {
  const std::string good = "https://good.test:8443/path?q";
  for (size_t at = 0; at <= good.size(); ++at) {
    for (int byte : {0x00, 0x09, 0x0A, 0x0D, 0x1F, 0x20, 0x7F, 0x80, 0xC3, 0xFF, int('\\'), int('#')}) {
      std::string url = good;
      url.insert(at, 1, static_cast<char>(byte));
      EXPECT_FALSE(parse_url(url)) << at << " " << byte;
    }
  }
}

}  // namespace
}  // namespace signet::http
