#include <gtest/gtest.h>

#include "signing/core/state_record.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

StateRecord record() {
  return {.artifact = ArtifactKind::graph,
          .graph = "shop",
          .environment = "production",
          .serial = 1'795'600'000,
          .sha256 = crypto::sha256_hex("x"),
          .applied = WallTime(std::chrono::seconds(1'795'600'100))};
}

TEST(StateRecord, RoundTrips) {
  const auto again = parse_state(print_state(record()));
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, record());
  EXPECT_EQ(again->gate_state().highest_serial, 1'795'600'000u);
  EXPECT_EQ(again->gate_state().running_sha256, "");
}

TEST(StateRecord, DamageIsNoticed) {
  const std::string file = print_state(record());
  for (size_t at = 0; at < file.size(); ++at) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_FALSE(parse_state(damaged)) << at;
    EXPECT_FALSE(parse_state(file.substr(0, at))) << at;
  }
  EXPECT_FALSE(parse_state(file + "x"));
  EXPECT_FALSE(parse_state(std::string(40'000, 'x')));
}

TEST(StateRecord, WhatWasReplacedIsKeptInOrder) {
  StateRecord with = record();
  for (size_t i = 0; i < kReplacedMax; ++i) with.replaced.push_back(crypto::sha256_hex(std::to_string(i)));
  const std::string file = print_state(with);
  EXPECT_LT(file.size(), kStateFileBytesMax);
  const auto again = parse_state(file);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, with);
  EXPECT_EQ(again->gate_state().replaced, with.replaced);
  with.replaced.push_back(crypto::sha256_hex("one more"));
  EXPECT_FALSE(parse_state(print_state(with)));
  with.replaced = {"not a digest"};
  EXPECT_FALSE(parse_state(print_state(with)));
}

TEST(Refusals, TheRegistryIsComplete) {
  for (size_t i = 0; i < reason_count(); ++i) {
    const auto& entry = info(static_cast<Reason>(i));
    EXPECT_FALSE(entry.title.empty());
    EXPECT_GT(entry.what_to_do.size(), 20u) << entry.code;
    EXPECT_EQ(find_reason(entry.code), static_cast<Reason>(i));
    EXPECT_EQ(entry.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
  }
  EXPECT_FALSE(find_reason("no_such_reason"));
}

}  // namespace
}  // namespace signet::signing
