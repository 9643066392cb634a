#include "tests/oracle/inputs.hpp"

#include <array>
#include <fmt/format.h>

#include "router/json/writer.hpp"

namespace signet::oracle {

namespace {

using namespace std::string_view_literals;

constexpr unsigned kInputDepthMax = 3;

constexpr std::array kTexts = {
    ""sv,
    "plain"sv,
    "quote \" and \\ backslash"sv,
    "line\nfeed\ttab\rreturn"sv,
    "\x01\x1f\x7f"sv,
    "nul \0 inside"sv,
    "\xf0\x9f\x98\x80 astral"sv,
    "\xe2\x80\xa8\xe2\x80\xa9"sv,
    "__typename"sv,
    "{\"__typename\":\"E0\",\"id\":\"1\"}"sv,
    "null"sv,
    "\\u0041\\ud83d"sv,
    "\"\"\""sv,
    "} } { # ${}"sv,
    "\xef\xbb\xbf\xc3\xa9"sv,
    "</script>'`"sv,
};
constexpr std::array kNumbers = {
    "0"sv,
    "-0"sv,
    "-0.0"sv,
    "123456789012345678901234567890"sv,
    "-9223372036854775809"sv,
    "1e400"sv,
    "1E-7"sv,
    "1.50e+3"sv,
    "0.1000000000000000055511151231257827021181583404541015625"sv,
    "7"sv,
};
constexpr std::array kIntegers = {"0"sv, "-1"sv, "2147483647"sv, "-2147483648"sv, "42"sv};
constexpr std::array kFloats = {"0.5"sv, "-0.0"sv, "1e3"sv, "3"sv, "0.30000000000000004440892098500626"sv, "1E-7"sv};
constexpr std::array kColors = {"RED"sv, "GREEN"sv, "BLUE"sv};

std::string json_quoted(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

/// GraphQL strings know the same escapes as JSON's.
std::string leaf(Random& random, const std::string& type, bool json) {
  if (type == "Int") return std::string(random.pick(kIntegers));
  if (type == "Float") return std::string(random.pick(kFloats));
  if (type == "Boolean") return random.chance(50) ? "true" : "false";
  if (type == "ID" && random.chance(30)) return std::to_string(random.below(100));
  if (type == "Color") return json ? json_quoted(random.pick(kColors)) : std::string(random.pick(kColors));
  if (type == "Blob" && random.chance(60)) {
    if (random.chance(70)) return hostile_number(random);
    return json ? R"({"a":[1,{"b":null}],"__typename":"E0"})" : R"({a: [1, {b: null}], c: "x"})";
  }
  return json_quoted(hostile_text(random));
}

/// Both notations differ in enums and in the names of members only.
std::string input(Random& random, const TypeUse& type, unsigned depth, bool json) {
  if (!type.required() && random.chance(12)) return "null";
  if (type.lists > 0) {
    if (!type.item().required() || random.chance(85)) {
      std::string text = "[";
      const size_t count = random.below(4);
      for (size_t i = 0; i < count; ++i) text += (i > 0 ? "," : "") + input(random, type.item(), depth + 1, json);
      return text + "]";
    }
    return input(random, type.item(), depth + 1, json);  // a single item stands for a list of it
  }
  if (type.name != "Filter") return leaf(random, type.name, json);
  static const std::array<std::pair<std::string_view, TypeUse>, 6> kMembers = {{{"text", {"String"}},
                                                                                {"limits", {"Int", 1, 1}},
                                                                                {"nested", {"Filter"}},
                                                                                {"blob", {"Blob"}},
                                                                                {"color", {"Color"}},
                                                                                {"id", {"ID"}}}};
  std::string text;
  for (const auto& [name, member] : kMembers) {
    if (!random.chance(35) || (name == "nested" && depth >= kInputDepthMax)) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{}: {}", json ? json_quoted(name) : std::string(name), input(random, member, depth + 1, json));
  }
  return "{" + text + "}";
}

}  // namespace

std::string hostile_text(Random& random) {
  std::string text(random.pick(kTexts));
  if (random.chance(10)) text += random.pick(kTexts);
  if (random.chance(1)) text += std::string(5'000, 'x');
  return text;
}

std::string hostile_number(Random& random) {
  return std::string(random.pick(kNumbers));
}

std::string literal(Random& random, const TypeUse& type, unsigned depth) {
  return input(random, type, depth, false);
}

std::string json_input(Random& random, const TypeUse& type, unsigned depth) {
  return input(random, type, depth, true);
}

}  // namespace signet::oracle
