#include "signing/admission/change_class.hpp"

#include <array>
#include <fmt/format.h>

#include "signing/core/refusal.hpp"

namespace signet::admission {
namespace {

struct ClassInfo {
  std::string_view name;
  ChangeGroup group;
};

constexpr auto kClasses = std::to_array<ClassInfo>({
#define SIGNET_CHANGE(name, group) {#name, ChangeGroup::group},
#include "signing/admission/change_classes.def"
#undef SIGNET_CHANGE
});
static_assert(kClasses.size() <= ChangeClasses().size());

constexpr auto kGroups = std::to_array<std::string_view>({"breaking", "dangerous", "safe", "subgraphs"});
constexpr size_t kNameCharactersMax = 160;

}  // namespace

std::string_view to_text(ChangeClass change) {
  return kClasses.at(static_cast<size_t>(change)).name;
}

std::string_view to_text(ChangeGroup group) {
  return kGroups.at(static_cast<size_t>(group));
}

ChangeGroup group_of(ChangeClass change) {
  return kClasses.at(static_cast<size_t>(change)).group;
}

size_t change_class_count() {
  return kClasses.size();
}

std::optional<ChangeClasses> parse_change_classes(std::string_view word) {
  ChangeClasses found;
  for (size_t i = 0; i < kClasses.size(); ++i) {
    if (kClasses[i].name == word || to_text(kClasses[i].group) == word) found.set(i);
  }
  return found.any() ? std::optional(found) : std::nullopt;
}

std::string to_text(const Change& change) {
  const std::string where = signing::printable(change.where, kNameCharactersMax);
  if (change.what.empty()) return fmt::format("{} {}", to_text(change.change), where);
  return fmt::format("{} {} {}", to_text(change.change), where, signing::printable(change.what, kNameCharactersMax));
}

}  // namespace signet::admission
