#include "tests/oracle/compare.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <utility>
#include <vector>

#include "router/base/limits.hpp"
#include "router/json/document.hpp"
#include "tests/oracle/evaluate.hpp"
#include "tests/oracle/random.hpp"

namespace signet::oracle {

using json::Document;
using json::Kind;
using json::NodeId;

namespace {

using Path = std::vector<std::string>;

/// The place of the first difference; nothing when there is none.
std::optional<std::string> difference(const Document& a, NodeId x, const Document& b, NodeId y) {
  if (a.kind(x) != b.kind(y)) return "";
  switch (a.kind(x)) {
    case Kind::string:
      return a.string(x) == b.string(y) ? std::nullopt : std::optional<std::string>("");
    case Kind::array: {
      if (a.size(x) != b.size(y)) return "";
      size_t index = 0;
      auto other = b.items(y).begin();
      for (const NodeId item : a.items(x)) {
        if (auto place = difference(a, item, b, *other)) return fmt::format("/{}{}", index, *place);
        ++other;
        ++index;
      }
      return std::nullopt;
    }
    case Kind::object: {
      if (a.size(x) != b.size(y)) return "";
      auto other = b.members(y).begin();
      for (const Document::Member member : a.members(x)) {
        if (a.string(member.key) != b.string((*other).key)) return "/" + a.string(member.key) + " (key)";
        if (auto place = difference(a, member.value, b, (*other).value)) {
          return "/" + a.string(member.key) + *place;
        }
        ++other;
      }
      return std::nullopt;
    }
    default:
      return a.raw(x) == b.raw(y) ? std::nullopt : std::optional<std::string>("");
  }
}

struct Reported {
  Path path;
  bool unmet = false;  ///< a requirement failed
};

std::vector<Reported> reported(const Document& answer) {
  std::vector<Reported> result;
  const NodeId errors = answer.find(answer.root(), "errors");
  if (!errors) return result;
  for (const NodeId error : answer.items(errors)) {
    Reported one;
    if (const NodeId path = answer.find(error, "path")) {
      for (const NodeId element : answer.items(path)) {
        one.path.push_back(answer.kind(element) == Kind::string ? answer.string(element)
                                                                : std::string(answer.raw(element)));
      }
    }
    const NodeId message = answer.find(error, "message");
    one.unmet = message && answer.kind(message) == Kind::string && answer.string(message) == kUnmet;
    result.push_back(std::move(one));
  }
  return result;
}

bool starts_with(const Path& path, const Path& prefix) {
  return path.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

/// The part of `path` up to the null that stands on it; the whole path when its last value is null or nothing is.
Path null_region(const Document& answer, const Path& path) {
  NodeId at = answer.find(answer.root(), "data");
  Path region;
  for (const std::string& element : path) {
    if (!at || answer.is_null(at)) return region;
    region.push_back(element);
    if (answer.kind(at) == Kind::object) {
      at = answer.find(at, element);
      continue;
    }
    if (answer.kind(at) != Kind::array) return region;
    size_t left = std::stoul(element);
    NodeId found;
    for (const NodeId item : answer.items(at)) {
      if (left-- == 0) found = item;
    }
    at = found;
  }
  return region;
}

/// Whether an error at `path` can stand for `wanted`.
bool stands_for(const Document& expected, const Reported& wanted, const Path& path) {
  if (wanted.path == path) return true;
  const Path region = null_region(expected, wanted.path);
  if (region.size() < wanted.path.size() && starts_with(path, region)) return true;
  if (!wanted.unmet) return false;
  const Path object(wanted.path.begin(), wanted.path.end() - 1);
  return starts_with(path, object) || (region.size() < wanted.path.size() && starts_with(path, region));
}

std::string compare_errors(const Document& expected, const Document& got) {
  const std::vector<Reported> wanted = reported(expected);
  const std::vector<Reported> found = reported(got);
  // The router drops errors beyond its limits.
  if (wanted.size() >= limits::kErrorPathsMax / 2) return {};
  for (const Reported& each : wanted) {
    if (std::ranges::none_of(found, [&](const Reported& other) { return stands_for(expected, each, other.path); })) {
      return fmt::format("no error at /{}", fmt::join(each.path, "/"));
    }
  }
  for (const Reported& each : found) {
    if (std::ranges::none_of(wanted, [&](const Reported& other) { return stands_for(expected, other, each.path); })) {
      return fmt::format("an error at /{} that should not be", fmt::join(each.path, "/"));
    }
  }
  return {};
}

void restyle_string(std::string_view raw, Random& random, std::string& out) {
  for (size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == '\\') {
      const size_t length = raw[i + 1] == 'u' ? 6 : 2;
      out += raw.substr(i, length);
      i += length - 1;
    } else if (i > 0 && i + 1 < raw.size() && static_cast<unsigned char>(c) < 0x80 && random.chance(6)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
}

void restyle(const Document& json, NodeId node, Random& random, std::string& out) {
  const auto space = [&] { out += random.chance(80) ? "" : random.chance(50) ? " " : "\n\t"; };
  switch (json.kind(node)) {
    case Kind::string:
      return restyle_string(json.raw(node), random, out);
    case Kind::array: {
      char separator = '[';
      for (const NodeId item : json.items(node)) {
        out += std::exchange(separator, ',');
        space();
        restyle(json, item, random, out);
      }
      out += separator == '[' ? "[]" : "]";
      return;
    }
    case Kind::object: {
      std::vector<Document::Member> members;
      for (const Document::Member member : json.members(node)) members.push_back(member);
      if (!json.find(node, kBlobMark)) random.shuffle(members);
      char separator = '{';
      for (const Document::Member& member : members) {
        out += std::exchange(separator, ',');
        space();
        restyle_string(json.raw(member.key), random, out);
        space();
        out += ':';
        space();
        restyle(json, member.value, random, out);
      }
      out += separator == '{' ? "{}" : "}";
      return;
    }
    default:
      out += json.raw(node);
  }
}

}  // namespace

std::string compare_answers(std::string_view expected_text, std::string_view got_text) {
  const auto expected = Document::parse(expected_text);
  const auto got = Document::parse(got_text);
  if (!expected) return "the monolith's answer is not JSON: " + expected.error().message;
  if (!got) return "the answer is not JSON: " + got.error().message;
  const NodeId wanted = expected->find(expected->root(), "data");
  const NodeId found = got->find(got->root(), "data");
  if (!wanted) return "the monolith refuses the operation";
  if (!found) return "the answer has no data";
  if (const auto place = difference(*expected, wanted, *got, found)) return "data differs at " + *place + "/";
  return compare_errors(*expected, *got);
}

std::string restyle(std::string_view text, Random& random) {
  std::string out;
  if (const auto json = Document::parse(text)) restyle(*json, json->root(), random, out);
  return out;
}

}  // namespace signet::oracle
