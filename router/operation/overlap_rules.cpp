// Fields with one response key can be merged: checked on whole sets of fields, not on pairs.
//
// A scope is a set of selection sets that end up in one object of the answer; fragments are looked through, each once.
// Two properties are checked for each scope, and then for the scopes made of the children of fields with equal keys:
//   shape     all fields of a key have equal list and non-null wrapping and equal leaf types, or are all composite
//   identity  fields of a key that can meet on one object have equal names and arguments: those on one object type with
//             those on abstract types
// Scopes that were checked are remembered, so repeated fields cost what their text costs. A document made so that its
// scopes multiply all the same also expands beyond any limit on selections; a budget of visits refuses it early.
// Spec: https://spec.graphql.org/September2025/#sec-Field-Selection-Merging
#include <map>
#include <unordered_map>

#include "router/base/sort_unique.hpp"
#include "router/graphql/printer.hpp"
#include "router/operation/validation.hpp"

namespace signet::operation {
namespace {

using graphql::FragmentId;
using graphql::Selection;
using graphql::SelectionId;
using graphql::SelectionKind;
using schema::TypeId;
using schema::TypeRef;

// Properties to check, as bits.
using Properties = uint8_t;
constexpr Properties kShape = 1;
constexpr Properties kIdentity = 2;

// First selections of the selection sets in it, ascending.
using Scope = std::vector<SelectionId>;

struct ScopeHash {
  size_t operator()(const Scope& scope) const {
    return keyed_hash({reinterpret_cast<const char*>(scope.data()), scope.size() * sizeof(SelectionId)}).low;
  }
};

struct Pending {
  Scope scope;
  Properties properties;
};

struct FieldUse {
  uint32_t key;
  SelectionId id;
};

class Overlaps {
 public:
  explicit Overlaps(Validation& validation)
      : validation_(validation),
        document_(validation.document),
        schema_(validation.schema),
        keys_(document_),
        budget_(1'000'000 + 8 * document_.selections.size()) {
    checked_alone_.resize(document_.selections.size());
    arguments_.resize(document_.selections.size());
    std::unordered_map<std::string, uint32_t, KeyedStringHash> arguments;
    for (size_t i = 0; i < document_.selections.size(); ++i) {
      const Selection& selection = document_[SelectionId(i)];
      if (selection.kind != SelectionKind::field || !selection.first_argument) continue;
      arguments_[SelectionId(i)] = arguments
                                       .emplace(graphql::print_canonical_arguments(document_, selection.first_argument),
                                                static_cast<uint32_t>(arguments.size() + 1))
                                       .first->second;
    }
    fragment_stamps_.resize(document_.fragments.size());
  }

  void check() {
    for (const graphql::Operation& operation : document_.operations) {
      enqueue(kShape | kIdentity, {operation.first_selection});
      while (!pending_.empty()) {
        const Pending next = std::move(pending_.back());
        pending_.pop_back();
        if (!check_scope(next)) return;
      }
    }
  }

 private:
  bool error(std::string message, SelectionId id) {
    validation_.errors.add(std::move(message), document_[id].offset);
    return false;
  }

  void enqueue(Properties properties, Scope scope) {
    Properties& checked = scope.size() == 1 ? checked_alone_[scope.front()] : checked_[scope];
    properties &= static_cast<Properties>(~checked);
    if (properties == 0) return;
    checked |= properties;
    pending_.push_back({.scope = std::move(scope), .properties = properties});
  }

  bool check_scope(const Pending& next) {
    if (!collect(next.scope)) {
      validation_.errors.add(ErrorCode::MAX_SELECTIONS_LIMIT, "fragments expand to too many selections", 0);
      return false;
    }
    std::ranges::sort(fields_, [](FieldUse a, FieldUse b) { return std::pair(a.key, a.id) < std::pair(b.key, b.id); });
    for (size_t begin = 0; begin < fields_.size();) {
      size_t end = begin;
      group_.clear();
      while (end < fields_.size() && fields_[end].key == fields_[begin].key) group_.push_back(fields_[end++].id);
      begin = end;
      if (group_.size() == 1) {
        enqueue_children(next.properties, group_);  // nothing to compare it with
        continue;
      }
      if ((next.properties & kShape) != 0 && !check_shape()) return false;
      if ((next.properties & kIdentity) != 0 && !check_identity()) return false;
    }
    return true;
  }

  // Fills fields_ with the fields of a scope; false when the budget is used up.
  bool collect(const Scope& scope) {
    fields_.clear();
    ++stamp_;
    walk_ = scope;
    while (!walk_.empty()) {
      const SelectionId first = walk_.back();
      walk_.pop_back();
      for (auto [id, selection] : document_.each(first)) {
        if (budget_ == 0) return false;
        --budget_;
        if (selection.kind == SelectionKind::field) {
          fields_.push_back({keys_[id], id});
        } else if (selection.kind == SelectionKind::inline_fragment) {
          walk_.push_back(selection.first_child);
        } else if (const FragmentId fragment = validation_.fragments.find(selection.name);
                   fragment_stamps_[fragment.value()] != stamp_) {
          fragment_stamps_[fragment.value()] = stamp_;
          walk_.push_back(document_[fragment].first_selection);
        }
      }
    }
    return true;
  }

  std::string conflict(SelectionId id, std::string_view why) const {
    return fmt::format("fields {} conflict because {}: use different aliases if both are meant",
                       quoted(document_[id].response_key()), why);
  }

  void enqueue_children(Properties properties, const std::vector<SelectionId>& fields) {
    Scope children;
    for (SelectionId id : fields) {
      if (document_[id].first_child) children.push_back(document_[id].first_child);
    }
    if (children.empty()) return;
    sort_unique(children);
    enqueue(properties, std::move(children));
  }

  // `__typename` has no FieldId; its type is String!.
  TypeRef type_of(SelectionId id) const {
    const schema::FieldId field = validation_.fields[id];
    return field ? schema_.fields[field].type : TypeRef{schema_.find_any_type("String"), 0, 1};
  }

  bool check_shape() {
    const TypeRef first = type_of(group_.front());
    const bool composite = schema_.types[first.type].composite();
    for (SelectionId id : group_) {
      const TypeRef type = type_of(id);
      const bool same_wrapping = type.list_depth == first.list_depth && type.non_null_bits == first.non_null_bits;
      const bool same_type = composite ? schema_.types[type.type].composite() : type.type == first.type;
      if (!same_wrapping || !same_type) return error(conflict(id, "they return different types"), id);
    }
    if (composite) enqueue_children(kShape, group_);
    return true;
  }

  bool check_identity() {
    by_type_.clear();
    abstract_.clear();
    for (SelectionId id : group_) {
      const TypeId parent = validation_.parent_types[id];
      if (schema_.types[parent].kind == schema::TypeKind::object) {
        by_type_[parent].push_back(id);
      } else {
        abstract_.push_back(id);
      }
    }
    if (by_type_.empty()) return check_class(abstract_);
    for (auto& [type, fields] : by_type_) {
      const size_t joined = fields.size() + abstract_.size();
      if (budget_ < joined) {
        validation_.errors.add(ErrorCode::MAX_SELECTIONS_LIMIT, "fragments expand to too many selections", 0);
        return false;
      }
      budget_ -= joined;
      fields.insert(fields.end(), abstract_.begin(), abstract_.end());
      if (!check_class(fields)) return false;
    }
    return true;
  }

  bool check_class(const std::vector<SelectionId>& fields) {
    const SelectionId first = fields.front();
    for (SelectionId id : fields) {
      if (document_[id].name != document_[first].name) {
        return error(conflict(id, fmt::format("{} and {} are different fields", quoted(document_[first].name),
                                              quoted(document_[id].name))),
                     id);
      }
      if (arguments_[id] != arguments_[first]) return error(conflict(id, "they have different arguments"), id);
    }
    enqueue_children(kIdentity, fields);
    return true;
  }

  Validation& validation_;
  const graphql::Document& document_;
  const schema::Schema& schema_;
  const ResponseKeys keys_;
  size_t budget_;
  IdVector<SelectionId, uint32_t> arguments_;  // of the canonical arguments; 0: none
  // What was checked or is pending, by scope; of scopes of one selection set, by that.
  std::unordered_map<Scope, Properties, ScopeHash> checked_;
  IdVector<SelectionId, Properties> checked_alone_;
  std::vector<Pending> pending_;
  std::vector<uint32_t> fragment_stamps_;
  uint32_t stamp_ = 0;
  // Reused between scopes.
  Scope walk_;
  std::vector<FieldUse> fields_;
  std::vector<SelectionId> group_;
  std::vector<SelectionId> abstract_;
  std::map<TypeId, std::vector<SelectionId>> by_type_;
};

}  // namespace

void check_overlaps(Validation& validation) {
  Overlaps(validation).check();
}

}  // namespace signet::operation
