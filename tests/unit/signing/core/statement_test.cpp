#include "signing/core/statement.hpp"

#include <gtest/gtest.h>

#include "signing/core/serial.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

using testing_support::World;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Statement, RoundTrips) {
  World world;
  const Statement statement = world.statement("artifact");
  const std::string text = print_statement(statement);
  const auto again = parse_statement(text);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, statement);
  EXPECT_EQ(print_statement(*again), text);
  EXPECT_TRUE(parse_statement(" " + replaced(text, ",", " ,\n")));  // the bytes are signed, so spelling is free
}

TEST(Statement, EverythingElseIsRefused) {
  World world;
  const std::string good = print_statement(world.statement("artifact"));
  for (const std::string& bad : {std::string(),
                                 std::string("{}"),
                                 std::string("[]"),
                                 std::string("null"),
                                 "\xEF\xBB\xBF" + good,
                                 good + "x",
                                 replaced(good, "}", ",\"x\":1}"),
                                 replaced(good, "}", ",\"serial\":1}"),
                                 replaced(good, "\"artifact\":\"graph\",", ""),
                                 replaced(good, "\"graph\",", "\"grap\","),
                                 replaced(good, "\"graph\",", "null,"),
                                 replaced(good, "shop", "../shop"),
                                 replaced(good, "shop", ""),
                                 replaced(good, "shop", "sh op"),
                                 replaced(good, "1795600000", "0"),
                                 replaced(good, "1795600000", "-5"),
                                 replaced(good, "1795600000", "1.0"),
                                 replaced(good, "1795600000", "1e9"),
                                 replaced(good, "1795600000", "\"1795600000\""),
                                 replaced(good, "1795600000", "9007199254740992"),
                                 replaced(good, "1795600000", "9223372036854775807"),
                                 replaced(good, "1795600000", "99999999999999999999"),
                                 replaced(good, "\"size\":8", "\"size\":0"),
                                 replaced(good, "\"size\":8", "\"size\":67108865"),
                                 replaced(good, "\"previous\":\"\"", "\"previous\":\"abc\""),
                                 replaced(good, "\"previous\":\"\"", "\"previous\":null"),
                                 replaced(good, "Z\"", "+00:00\""),
                                 replaced(good, "T", " "),
                                 replaced(good, "\"sha256\":\"", "\"sha256\":\"A"),
                                 replaced(good, "\"sha256\":\"",
                                          "\"sha256\":\""
                                          "\\u0061")}) {
    EXPECT_FALSE(parse_statement(bad)) << bad;
  }
  EXPECT_FALSE(parse_statement(std::string(1u << 20, ' ') + good));
}

TEST(Statement, ExpiryLiesAfterIssue) {
  World world;
  Statement statement = world.statement("artifact");
  statement.expires = statement.issued;
  EXPECT_FALSE(parse_statement(print_statement(statement)));
}

TEST(Statement, DuplicatesAtAnyPlaceAreRefused) {  // C11
  World world;
  const std::string good = print_statement(world.statement("artifact"));
  for (std::string_view name :
       {"artifact", "graph", "environment", "serial", "previous", "issued", "expires", "size", "sha256"}) {
    std::string member = "\"" + std::string(name) + "\":";
    const size_t at = good.find(member);
    ASSERT_NE(at, std::string::npos);
    EXPECT_FALSE(parse_statement(std::string(good).insert(at, member + "1,"))) << name;
    std::string escaped = fmt::format("\"\\u{:04x}{}\":1,", static_cast<unsigned>(name[0]), name.substr(1));
    EXPECT_FALSE(parse_statement(std::string(good).insert(at, escaped))) << escaped;
  }
}

TEST(Serial, TheLargerOfLastPlusOneAndTheClock) {  // C7
  const WallTime now(std::chrono::seconds(1'795'600'000));
  EXPECT_EQ(next_serial(0, now), 1'795'600'000u);
  EXPECT_EQ(next_serial(1'795'599'999, now), 1'795'600'000u);
  EXPECT_EQ(next_serial(1'795'600'000, now), 1'795'600'001u);
  EXPECT_EQ(next_serial(1'795'600'000 + 86'399, now), 1'795'600'000u + 86'400);
  EXPECT_FALSE(next_serial(1'795'600'000 + 86'400, now));
  EXPECT_FALSE(next_serial(kSerialMax, now));
  EXPECT_FALSE(next_serial(UINT64_MAX, now));
}

}  // namespace
}  // namespace signet::signing
