#include "router/federation/field_set.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "router/graphql/parser.hpp"
#include "router/graphql/printer.hpp"

namespace signet::federation {

using graphql::Document;
using graphql::Selection;
using graphql::SelectionId;
using graphql::SelectionKind;

namespace {

const std::vector<SetItemId> kNoItems;
constexpr size_t kItemsMax = 10'000;  ///< of one set: abstract types below abstract types multiply

class Reader {
 public:
  Reader(FieldSets& sets, const schema::Schema& schema, const Document& document)
      : sets_(sets), schema_(schema), document_(document) {}

  std::vector<SetCaseId> read(TypeId parent, const std::vector<SelectionId>& roots) {
    std::vector<SetCaseId> cases;
    for (TypeId type : schema_.types[parent].possible_types) {
      if (problem_) break;
      std::vector<Collected> fields;
      for (SelectionId root : roots) collect(type, root, fields);
      SetCase each{.type = type, .items = {}};
      for (const Collected& field : fields) {
        if (++items_ > kItemsMax)
          problem_ = fmt::format("it stands for more than {} fields of object types", kItemsMax);
        std::vector<SetCaseId> below;
        if (!field.children.empty()) below = read(schema_.fields[field.field].type.type, field.children);
        each.items.push_back(sets_.items.push_back(
            {.field = field.field, .arguments = field.arguments, .cases = std::move(below), .parts = {}}));
      }
      cases.push_back(sets_.cases.push_back(std::move(each)));
    }
    return cases;
  }

  const std::optional<std::string>& problem() const { return problem_; }

 private:
  struct Collected {
    FieldId field;
    std::string arguments;
    std::vector<SelectionId> children;
  };

  void collect(TypeId type, SelectionId first, std::vector<Collected>& fields) {
    for (auto [id, selection] : document_.each(first)) {
      if (!selection.alias.empty()) problem_ = "aliases cannot stand in a field set";
      if (selection.first_directive) problem_ = "directives cannot stand in a field set";
      if (selection.kind == SelectionKind::field) {
        collect_field(type, selection, fields);
      } else if (selection.kind == SelectionKind::fragment_spread) {
        problem_ = "named fragments cannot stand in a field set";
      } else if (selection.name.empty() || applies(type, selection.name)) {
        collect(type, selection.first_child, fields);
      }
    }
  }

  bool applies(TypeId type, std::string_view condition) {
    const TypeId wanted = schema_.find_any_type(condition);
    if (!wanted) {
      problem_ = fmt::format("there is no type \"{}\"", condition);
      return false;
    }
    return schema_.is_possible(wanted, type);
  }

  void collect_field(TypeId type, const Selection& selection, std::vector<Collected>& fields) {
    if (selection.name == "__typename") return;  // representations carry it anyway
    const FieldId field = schema_.find_any_field(type, selection.name);
    if (!field) {
      problem_ = fmt::format("\"{}\" has no field \"{}\"", schema_.type_name(type), selection.name);
      return;
    }
    const bool composite = schema_.types[schema_.fields[field].type.type].composite();
    if (composite != selection.first_child.valid()) {
      problem_ = fmt::format("\"{}.{}\" {}", schema_.type_name(type), selection.name,
                             composite ? "needs a selection" : "cannot have a selection");
      return;
    }
    for (auto [id, argument] : document_.each(selection.first_argument)) {
      if (schema_.find_any_argument(field, argument.name)) continue;
      problem_ =
          fmt::format("\"{}.{}\" has no argument \"{}\"", schema_.type_name(type), selection.name, argument.name);
    }
    const std::string arguments = graphql::print_canonical_arguments(document_, selection.first_argument);
    auto found = std::ranges::find_if(
        fields, [&](const Collected& each) { return each.field == field && each.arguments == arguments; });
    if (found == fields.end()) found = fields.insert(found, {.field = field, .arguments = arguments, .children = {}});
    if (composite) found->children.push_back(selection.first_child);
  }

  FieldSets& sets_;
  const schema::Schema& schema_;
  const Document& document_;
  std::optional<std::string> problem_;
  size_t items_ = 0;
};

/// `item` once for each leaf below it. A case without items is a part as well: objects of its type are answered.
std::vector<SetItemId> split(FieldSets& sets, SetItemId id) {
  const SetItem item = sets.items[id];
  if (item.cases.empty()) return {id};
  std::vector<SetItemId> parts;
  const auto add = [&](TypeId type, std::vector<SetItemId> below) {
    const SetCaseId only = sets.cases.push_back({.type = type, .items = std::move(below)});
    parts.push_back(
        sets.items.push_back({.field = item.field, .arguments = item.arguments, .cases = {only}, .parts = {}}));
  };
  for (SetCaseId case_id : item.cases) {
    const SetCase each = sets.cases[case_id];
    if (each.items.empty()) add(each.type, {});
    for (SetItemId sub : each.items) {
      for (SetItemId part : split(sets, sub)) add(each.type, {part});
    }
  }
  return parts;
}

void split_composite_items(FieldSets& sets, const std::vector<SetCaseId>& cases) {
  for (SetCaseId case_id : cases) {
    const std::vector<SetItemId> items = sets.cases[case_id].items;
    for (SetItemId item : items) {
      std::vector<SetItemId> parts = split(sets, item);
      if (parts.size() > 1) sets.items[item].parts = std::move(parts);
    }
  }
}

}  // namespace

const std::vector<SetItemId>& FieldSets::items_for(FieldSetId set, TypeId type) const {
  if (!set) return kNoItems;
  for (SetCaseId id : sets[set].cases) {
    if (cases[id].type == type) return cases[id].items;
  }
  return kNoItems;
}

std::expected<FieldSetId, std::string> add_field_set(FieldSets& sets, const schema::Schema& schema, TypeId parent,
                                                     std::string_view text) {
  auto parsed = graphql::parse_field_set(text);
  if (!parsed) return std::unexpected(parsed.error().message);
  Reader reader(sets, schema, parsed->document);
  std::vector<SetCaseId> cases = reader.read(parent, {parsed->first_selection});
  if (reader.problem()) return std::unexpected(*reader.problem());
  split_composite_items(sets, cases);
  return sets.sets.push_back({.text = std::string(text), .cases = std::move(cases)});
}

}  // namespace signet::federation
