#include "router/http/egress.hpp"

#include <gtest/gtest.h>

namespace signet::http {
namespace {

TEST(IpAddress, OneSpellingOnly) {
  for (std::string_view good : {"0.0.0.0", "255.255.255.255", "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8",
                                "fe80::1:0:0:1", "1:0:2:3:4:5:6:7"}) {
    const auto address = IpAddress::parse(good);
    ASSERT_TRUE(address) << good;
    EXPECT_EQ(address->text(), good);
  }
  for (std::string_view bad : {"",
                               "1",
                               "1.2.3",
                               "1.2.3.4.",
                               ".1.2.3.4",
                               "01.2.3.4",
                               "1.2.3.256",
                               "1.2.3.+4",
                               "1.2.3.4 ",
                               ":",
                               ":::",
                               "1::2::3",
                               "2001:DB8::1",
                               "2001:0db8::1",
                               "1:2:3:4:5:6:7",
                               "1:2:3:4:5:6:7:8:9",
                               "1:2:3:4:5:6:7::8",
                               "::ffff:1.2.3.4",
                               "fe80::1%eth0",
                               "0:0::1",
                               "1:0:0:0:2:0:0:3",
                               "12345::",
                               "::g"}) {
    EXPECT_FALSE(IpAddress::parse(bad)) << bad;
  }
}

TEST(IpAddress, UnwrapsEmbeddedIpv4) {  // D10
  for (std::string_view wrapped :
       {"::ffff:7f00:1", "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:7f00:1:1234::1"}) {
    const auto address = IpAddress::parse(wrapped);
    ASSERT_TRUE(address) << wrapped;
    EXPECT_EQ(address->unwrapped().text(), "127.0.0.1") << wrapped;
    EXPECT_TRUE(address->special()) << wrapped;
  }
  EXPECT_TRUE(IpAddress::parse("::1")->unwrapped().v6);
  EXPECT_TRUE(IpAddress::parse("::")->unwrapped().v6);
}

TEST(IpAddress, SpecialRanges) {  // D11
  for (std::string_view special : {"0.0.0.0",
                                   "10.255.255.255",
                                   "100.64.0.1",
                                   "127.0.0.1",
                                   "169.254.169.254",
                                   "172.16.0.1",
                                   "172.31.255.255",
                                   "192.0.0.1",
                                   "192.0.2.1",
                                   "192.168.1.1",
                                   "198.18.0.1",
                                   "198.19.255.255",
                                   "198.51.100.1",
                                   "203.0.113.1",
                                   "224.0.0.1",
                                   "255.255.255.255",
                                   "::",
                                   "::1",
                                   "fc00::1",
                                   "fd12::1",
                                   "fe80::1",
                                   "ff02::1",
                                   "2001:db8::1",
                                   "2001::1",
                                   "3fff::1",
                                   "100::1",
                                   "64:ff9b:1::1",
                                   "64:ff9b::a00:1"}) {
    EXPECT_TRUE(IpAddress::parse(special)->special()) << special;
  }
  for (std::string_view global :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
        "192.167.0.1", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2001:4860::1", "64:ff9b::808:808"}) {
    EXPECT_FALSE(IpAddress::parse(global)->special()) << global;
  }
}

TEST(Cidr, OneSpellingOnly) {
  for (std::string_view good : {"10.0.0.0/8", "127.0.0.1/32", "fd00::/8", "::1/128", "128.0.0.0/1"}) {
    EXPECT_TRUE(Cidr::parse(good)) << good;
  }
  for (std::string_view bad : {"10.0.0.0", "10.0.0.1/8", "10.0.0.0/08", "10.0.0.0/33", "0.0.0.0/0", "::/0", "10.0.0.0/",
                               "10.0.0.0/-1", "10.0.0.0/8 ", "fd00::1/8", "10/8", "::1/129"}) {
    EXPECT_FALSE(Cidr::parse(bad)) << bad;
  }
}

TEST(Egress, AddressesNeedACidrWhenSpecial) {  // D17, D18: what a listed name resolves to
  const auto policy = EgressPolicy::parse({"https://good.test", "10.0.0.0/8", "fd00::/8"});
  ASSERT_TRUE(policy);
  EXPECT_TRUE(policy->check_address(*IpAddress::parse("8.8.8.8")));
  EXPECT_TRUE(policy->check_address(*IpAddress::parse("10.2.3.4")));
  EXPECT_TRUE(policy->check_address(*IpAddress::parse("::ffff:a02:304")));
  EXPECT_TRUE(policy->check_address(*IpAddress::parse("fd00::1")));
  EXPECT_FALSE(policy->check_address(*IpAddress::parse("127.0.0.1")));
  EXPECT_FALSE(policy->check_address(*IpAddress::parse("::ffff:7f00:1")));
  EXPECT_FALSE(policy->check_address(*IpAddress::parse("169.254.169.254")));
  EXPECT_FALSE(policy->check_address(*IpAddress::parse("fe80::1")));
  EXPECT_NE(policy->check_address(*IpAddress::parse("127.0.0.1")).error().find("\"127.0.0.1/32\""), std::string::npos);
}

TEST(Egress, PatternsAreStrict) {
  for (std::string bad : {"",
                          "*",
                          "https://*",
                          "https://*.",
                          "https://a.*.test",
                          "https://*a.test",
                          "https://**.a.test",
                          "https://a.test/",
                          "https://a.test/path",
                          "https://a.test?x",
                          "a.test",
                          "*.a.test",
                          "https://A.test",
                          "https://*.10.0.0.1",
                          "ftp://a.test",
                          "https://u@a.test",
                          "unix:/a/../b",
                          "10.0.0.1",
                          "https://*.*.a.test",
                          "https://a.test:*"}) {
    EXPECT_FALSE(EgressPolicy::parse({bad})) << bad;
  }
  const auto error = EgressPolicy::parse({"https://a.test", "https://b.test/x"});
  ASSERT_FALSE(error);
  EXPECT_NE(error.error().find("https://b.test/x"), std::string::npos);
}

TEST(Egress, AnEmptyListAllowsNothing) {
  const auto policy = EgressPolicy::parse({});
  ASSERT_TRUE(policy);
  EXPECT_TRUE(policy->empty());
  EXPECT_FALSE(policy->check_url(*parse_url("https://good.test/")));
}

}  // namespace
}  // namespace signet::http
