#include "router/json/scanner.hpp"

#include <gtest/gtest.h>
#include <random>

#include "router/json/scalar_check.hpp"

namespace signet::json {
namespace {

/// Whether the scanner takes the whole text as one value.
bool accepts(const std::string& text) {
  if (refuse_text(text) != nullptr) return false;
  Scanner scanner(text);
  Scanner::Value value;
  return scanner.value(value) && scanner.at_end();
}

bool tree_accepts(const std::string& text) {
  return Document::parse(text, {.refuse_duplicate_keys = false}).has_value();
}

constexpr std::string_view kSamples[] = {
    R"({"data":{"a":[1,-0,1.5e+10,0.1,true,false,null,"x\u00e9\ud83d\ude00\n"],"b":{},"c":[[],[{}]]},"errors":[]})",
    R"([{"id":"1","name":"a long enough name to need more than one block of sixteen bytes"},{"id":"2","name":"\\"}])",
    R"(  {  "a"  :  [ 1 , 2 ]  ,  "b" : "" }  )",
    R"("é😀 and sixteen more bytes of text")",
};

TEST(Scanner, TakesWhatTheTreeTakes) {
  for (std::string_view sample : kSamples) EXPECT_TRUE(accepts(std::string(sample))) << sample;
  for (const char* wrong :
       {"",   " ",   "{",   "[1,]", "{\"a\":1,}", "{\"a\"}",     "{a:1}",  "[1 2]", "01",    "-",
        "1.", "nul", "tru", "\"",   "\"\\x\"",    "\"\\ud800\"", "\"\t\"", "[1]]",  "{} {}", "\"a\nb\""}) {
    EXPECT_FALSE(accepts(wrong)) << wrong;
  }
  EXPECT_FALSE(accepts(std::string("[1\0]", 4)));
  EXPECT_FALSE(accepts(std::string("1\0", 2)));
}

// The tree reads the same grammar by other code: on whatever text, both say the same.
TEST(Scanner, AgreesWithTheTreeOnMutatedTexts) {
  constexpr std::string_view kBytes = "{}[]\",:\\ \n\t0123456789.eE+-tfnulrasx\x01\x7f\xc3\xa9";
  std::mt19937 random(20261126);
  size_t accepted = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text(kSamples[random() % std::size(kSamples)]);
    const size_t changes = 1 + random() % 3;
    for (size_t i = 0; i < changes; ++i) {
      const size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = kBytes[random() % kBytes.size()];
          break;
        case 1:
          text.insert(at, 1, kBytes[random() % kBytes.size()]);
          break;
        default:
          text.erase(at, 1 + random() % 3);
      }
      if (text.empty()) text = "0";
    }
    ASSERT_EQ(accepts(text), tree_accepts(text)) << text;
    accepted += accepts(text) ? 1 : 0;
  }
  EXPECT_GT(accepted, 1'000u);
}

TEST(Scanner, TellsWhereValuesLie) {
  const std::string text = R"({"a" : [1, {"b":2}], "c":"x"})";
  Scanner scanner(text);
  ASSERT_TRUE(scanner.take('{'));
  EXPECT_FALSE(scanner.take_name("\"a\":"));  // there is a space: not in exactly this spelling
  EXPECT_EQ(scanner.name(), "\"a\"");
  Scanner::Value value;
  const size_t start = scanner.offset();
  ASSERT_TRUE(scanner.value(value));
  EXPECT_EQ(value.kind, Kind::array);
  EXPECT_EQ(value.raw, "[1, {\"b\":2}]");
  EXPECT_TRUE(value.has_object);
  EXPECT_EQ(scanner.consumed(), start + value.raw.size());
  ASSERT_TRUE(scanner.take(','));
  EXPECT_TRUE(scanner.take_name("\"c\":"));
  ASSERT_TRUE(scanner.value(value));
  EXPECT_FALSE(value.has_object);
  EXPECT_TRUE(string_equals(value.raw, "x"));
  EXPECT_TRUE(scanner.take('}'));
  EXPECT_TRUE(scanner.at_end());
  scanner.seek(start);
  EXPECT_EQ(scanner.peek(), '[');
}

TEST(Scanner, TellsScalarsAtFirstSight) {
  const std::string padding = "               , ";  // what ends close to the end of a text gets a closer look
  const std::pair<std::string, Scalar> cases[] = {
      {"null", Scalar::null},
      {"true", Scalar::boolean},
      {"false", Scalar::boolean},
      {R"("")", Scalar::string},
      {R"("a string of more than one block of sixteen bytes")", Scalar::string},
      {"0", Scalar::short_integer},
      {"-0", Scalar::short_integer},
      {"999999999", Scalar::short_integer},
      {"1000000000", Scalar::number},  // may fit 32 bits, may not
      {"2147483648", Scalar::number},
      {"0.5", Scalar::number},
      {"-12.25", Scalar::number},
      {std::string(300, '9'), Scalar::number},
      {std::string(301, '9'), Scalar::other},  // may be infinite
      {"1e3", Scalar::other},
      {R"("\n")", Scalar::other},
      {"{", Scalar::other},
      {"[", Scalar::other},
      {"-", Scalar::other},
      {"01", Scalar::other},
      {"1.", Scalar::other},
      {"tru", Scalar::other},
      {"nan", Scalar::other},
  };
  for (const auto& [token, scalar] : cases) {
    const std::string text = token + padding;
    Scanner scanner(text);
    std::string_view raw;
    EXPECT_EQ(scanner.take_scalar(raw), scalar) << token;
    EXPECT_EQ(scanner.consumed(), scalar == Scalar::other ? 0 : token.size()) << token;
    if (scalar != Scalar::other) EXPECT_EQ(raw, token);
  }
}

TEST(Scanner, StopsAtItsDepth) {
  const std::string text = std::string(201, '[') + std::string(201, ']');
  Scanner scanner(text);
  Scanner::Value value;
  EXPECT_FALSE(scanner.value(value, 200));
  EXPECT_TRUE(scanner.failed());
  Scanner again(text);
  EXPECT_TRUE(again.value(value, 201));
}

TEST(Scanner, GivesUpForGood) {
  const std::string text = "[x, 1]";
  Scanner scanner(text);
  ASSERT_TRUE(scanner.take('['));
  Scanner::Value value;
  EXPECT_FALSE(scanner.value(value));
  EXPECT_FALSE(scanner.take(','));
  EXPECT_FALSE(scanner.at_end());
  EXPECT_TRUE(scanner.failed());
}

}  // namespace
}  // namespace signet::json
