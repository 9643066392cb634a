// ChangeClass: the kinds of change that an admission policy can forbid, and the groups they come in.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signet::admission {

enum class ChangeClass : uint8_t {
#define SIGNET_CHANGE(name, group) name,
#include "signing/admission/change_classes.def"
#undef SIGNET_CHANGE
};

enum class ChangeGroup : uint8_t { breaking, dangerous, safe, subgraphs };

std::string_view to_text(ChangeClass change);
std::string_view to_text(ChangeGroup group);
ChangeGroup group_of(ChangeClass change);
/// Classes are 0 .. count-1.
size_t change_class_count();

using ChangeClasses = std::bitset<64>;

/// The classes that `word` names: one class, or all of a group. Nothing for other words.
std::optional<ChangeClasses> parse_change_classes(std::string_view word);

/// One change. `where` is a schema coordinate (`Type.field(arg:)`, `@directive`) or the name of a subgraph; `what`
/// names the interface, union member or location concerned, and is empty elsewhere. Spec:
/// https://spec.graphql.org/September2025/#sec-Schema-Coordinates
struct Change {
  ChangeClass change = ChangeClass::TYPE_REMOVED;
  std::string where;
  std::string what{};
  friend bool operator==(const Change&, const Change&) = default;
};

/// "FIELD_REMOVED Query.me", in printable characters.
std::string to_text(const Change& change);

}  // namespace signet::admission
