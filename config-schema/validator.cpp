#include "config-schema/validator.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config-schema/formats.hpp"
#include "config-schema/value_check.hpp"

namespace signet::config {
namespace {

constexpr size_t kSlipsMax = 2;
constexpr size_t kTypoBytesMax = 64;

// Damerau-Levenshtein distance (adjacent swaps count one) of two short texts.
size_t slips(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

class Validator {
 public:
  Validator(bool development, Findings& findings) : development_(development), findings_(findings) {}

  void check(const Schema& schema, const YamlNode& node, const std::string& path) {
    if (schema.secret) findings_.hide(node);
    if (node.failed) return;
    switch (node.kind) {
      case NodeKind::null:
        return findings_.error(node.place, path,
                               fmt::format("has no value; write {}, or remove the key", expected_form(schema)));
      case NodeKind::scalar:
        if (auto good = check_scalar(schema, node); !good) findings_.error(node.place, path, good.error());
        return;
      case NodeKind::list:
        return check_list(schema, node, path);
      case NodeKind::map:
        return check_map(schema, node, path);
    }
  }

 private:
  void check_list(const Schema& schema, const YamlNode& node, const std::string& path) {
    if (schema.type != SchemaType::array) return wrong_kind(schema, node, path, "a list");
    if (node.items.size() < schema.items_min || node.items.size() > schema.items_max) {
      findings_.error(
          node.place, path,
          node.items.size() < schema.items_min
              ? fmt::format("the list has {} items; at least {} needed", node.items.size(), schema.items_min)
              : fmt::format("the list has {} items; at most {} are allowed", node.items.size(), schema.items_max));
    }
    for (size_t i = 0; i < node.items.size(); ++i) check(*schema.items, node.items[i], fmt::format("{}[{}]", path, i));
  }

  void check_map(const Schema& schema, const YamlNode& node, const std::string& path) {
    for (const Schema& alternative : schema.one_of) {
      if (alternative.type == SchemaType::object) return check_map(alternative, node, path);
    }
    if (schema.type != SchemaType::object) return wrong_kind(schema, node, path, "a map");
    for (const YamlMember& member : node.members) check_member(schema, member, path);
    for (const std::string& name : schema.required) {
      const Schema* property = schema.find(name);
      const bool excused = development_ && property != nullptr && property->optional_in_development;
      if (node.find(name) == nullptr && !excused) {
        findings_.error(node.place, join_path(path, name), missing(property));
      }
    }
    check_one_of_keys(schema, node, path);
  }

  void check_member(const Schema& schema, const YamlMember& member, const std::string& path) {
    const std::string own_path = join_path(path, member.key);
    if (const Schema* property = schema.find(member.key)) {
      if (!property->later) return check(*property, member.value, own_path);
      findings_.hide(member.value);
      return findings_.error(member.key_place, own_path,
                             fmt::format("{} is not supported by this version of signet; remove it", own_path));
    }
    if (!schema.additional) return unknown_key(schema, member, own_path);
    if (auto good = check_format(schema.name_format, member.key); !good) {
      return findings_.error(member.key_place, own_path, fmt::format("{} {}", quote(member.key), good.error()));
    }
    check(*schema.additional, member.value, own_path);
  }

  // Whatever stands behind an unknown key may be a secret behind a slip of the keyboard.
  void unknown_key(const Schema& schema, const YamlMember& member, const std::string& own_path) {
    findings_.hide(member.value);
    std::vector<std::string_view> known;
    known.reserve(schema.properties.size());
    for (const SchemaProperty& property : schema.properties) known.push_back(property.name);
    const std::string_view meant = nearest(member.key, known);
    std::erase_if(known, [&](std::string_view name) { return schema.find(name)->later; });
    findings_.error(member.key_place, own_path,
                    meant.empty()
                        ? fmt::format("unknown key {}; known here: {}", quote(member.key), fmt::join(known, ", "))
                        : fmt::format("unknown key {}; did you mean {}?", quote(member.key), meant));
  }

  void check_one_of_keys(const Schema& schema, const YamlNode& node, const std::string& path) {
    if (schema.one_of_keys.empty()) return;
    std::vector<std::string_view> present, allowed;
    for (const std::string& key : schema.one_of_keys) {
      const Schema* property = schema.find(key);
      if (property == nullptr || !property->later) allowed.emplace_back(key);
      if (node.find(key) != nullptr) present.emplace_back(key);
    }
    if (present.size() == 1) return;
    findings_.error(node.place, path,
                    present.empty()
                        ? fmt::format("write one of {}", fmt::join(allowed, ", "))
                        : fmt::format("has {} at once; keep exactly one of them", fmt::join(present, " and ")));
  }

  void wrong_kind(const Schema& schema, const YamlNode& node, const std::string& path, std::string_view kind) {
    findings_.error(node.place, path, fmt::format("{} stands where {} belongs", kind, expected_form(schema)));
  }

  static std::string missing(const Schema* property) {
    return property == nullptr ? "is missing" : fmt::format("is missing; write {}", expected_form(*property));
  }

  bool development_;
  Findings& findings_;
};

}  // namespace

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view best;
  size_t best_slips = kSlipsMax + 1;
  if (name.size() > kTypoBytesMax) return best;
  for (std::string_view candidate : known) {
    const size_t found = slips(name, candidate);
    // Two slips in a word of three letters make any other word.
    if (found < best_slips && found < candidate.size() && found <= kSlipsMax) {
      best_slips = found;
      best = candidate;
    }
  }
  return best;
}

void validate(const Schema& schema, const YamlNode& root, bool development, Findings& findings) {
  Validator(development, findings).check(schema, root, "");
}

}  // namespace signet::config
