// Field sets: the selections of @key, @requires and @provides, resolved against the schema once at load.
//
// A set is a tree in flat arrays. Below every composite field stands one *case* for each object type that can occur
// there; fragments are gone.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "router/base/id.hpp"
#include "router/schema/schema.hpp"

namespace signet::federation {

using schema::FieldId;
using schema::TypeId;

using SubgraphId = Id<struct SubgraphTag, uint16_t>;
using FieldSetId = Id<struct FieldSetTag>;
using SetItemId = Id<struct SetItemTag>;
using SetCaseId = Id<struct SetCaseTag>;

/// One field of a set. Equal items have equal `field` and `arguments`.
struct SetItem {
  FieldId field;                 ///< on the object type of the case that holds the item
  std::string arguments;         ///< printed without parentheses, sorted by name; empty: none
  std::vector<SetCaseId> cases;  ///< empty for leaves
  /// The same item once for each leaf below it, for when no one provider has all of them. Only items at the top of a
  /// set have parts, and only when they are more than one.
  std::vector<SetItemId> parts;
};

struct SetCase {
  TypeId type;  ///< an object type
  std::vector<SetItemId> items;
};

struct FieldSet {
  std::string text;  ///< as written
  std::vector<SetCaseId> cases;
};

/// All field sets of a supergraph.
struct FieldSets {
  IdVector<FieldSetId, FieldSet> sets;
  IdVector<SetCaseId, SetCase> cases;
  IdVector<SetItemId, SetItem> items;

  /// The items of `set` for objects of type `type`; empty when the set does not speak about it.
  const std::vector<SetItemId>& items_for(FieldSetId set, TypeId type) const;
};

/// Parses `text` for objects of `parent` and adds it to `sets`. Below an abstract type there is a case for every object
/// type that it can be: who resolves the set may return types that its author does not know.
/// Errors: a message that names the field or type that does not exist, or what may not stand in a field set.
std::expected<FieldSetId, std::string> add_field_set(FieldSets& sets, const schema::Schema& schema, TypeId parent,
                                                     std::string_view text);

}  // namespace signet::federation
