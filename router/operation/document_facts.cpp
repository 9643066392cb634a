#include "router/operation/document_facts.hpp"

namespace signet::operation {

using graphql::FragmentId;
using graphql::TypeRefKind;

std::optional<schema::TypeRef> resolve_type(const graphql::Document& document, const schema::Schema& schema,
                                            graphql::TypeRefId id) {
  schema::TypeRef type;
  uint32_t non_null_from_outside = 0;
  while (document[id].kind != TypeRefKind::named) {
    if (document[id].kind == TypeRefKind::non_null) {
      non_null_from_outside |= 1u << type.list_depth;
    } else if (++type.list_depth > schema::TypeRef::kListDepthMax) {
      return std::nullopt;
    }
    id = document[id].inner;
  }
  for (uint8_t level = 0; level <= type.list_depth; ++level) {
    if ((non_null_from_outside >> (type.list_depth - level) & 1) != 0) {
      type.non_null_bits |= static_cast<uint16_t>(1u << level);
    }
  }
  type.type = schema.find_type(document[id].name);
  if (!type.type) return std::nullopt;
  return type;
}

FragmentIndex::FragmentIndex(const graphql::Document& document) {
  for (size_t i = 0; i < document.fragments.size(); ++i) {
    by_name_.emplace(document.fragments[FragmentId(i)].name, FragmentId(i));
  }
}

FragmentId FragmentIndex::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? FragmentId() : found->second;
}

ResponseKeys::ResponseKeys(const graphql::Document& document) {
  std::unordered_map<std::string_view, uint32_t, BriefKeyedStringHash> numbers;
  numbers_.reserve(document.selections.size());
  for (const graphql::Selection& selection : document.selections) {
    const bool field = selection.kind == graphql::SelectionKind::field;
    const auto next = static_cast<uint32_t>(numbers.size());
    numbers_.push_back(field ? numbers.try_emplace(selection.response_key(), next).first->second : 0);
  }
  count_ = numbers.size();
}

std::vector<FragmentId> reachable_fragments(const graphql::Document& document, const FragmentIndex& fragments,
                                            graphql::SelectionId first) {
  std::vector<FragmentId> reached;
  std::vector<bool> seen(document.fragments.size());
  const auto collect = [&](graphql::SelectionId selections) {
    walk_selections(document, selections, [&](const graphql::Selection& selection) {
      if (selection.kind != graphql::SelectionKind::fragment_spread) return;
      const FragmentId fragment = fragments.find(selection.name);
      if (!fragment || seen[fragment.value()]) return;
      seen[fragment.value()] = true;
      reached.push_back(fragment);
    });
  };
  collect(first);
  for (size_t i = 0; i < reached.size(); ++i) collect(document[reached[i]].first_selection);
  return reached;
}

}  // namespace signet::operation
