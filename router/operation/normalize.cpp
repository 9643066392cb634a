#include <deque>
#include <unordered_set>

#include "router/base/limits.hpp"
#include "router/base/sort_unique.hpp"
#include "router/graphql/printer.hpp"
#include "router/operation/document_facts.hpp"
#include "router/operation/limits.hpp"
#include "router/operation/prepare.hpp"

namespace signet::operation {
namespace {

using graphql::Document;
using graphql::FragmentId;
using graphql::OperationId;
using graphql::Selection;
using graphql::SelectionId;
using graphql::SelectionKind;
using graphql::ValueKind;
using schema::Schema;

// First selections of the selection sets that merge into one, in the order of the answer.
using Heads = std::vector<SelectionId>;

// The fields of one response key: what makes one FieldNode.
struct Group {
  std::string_view response_key;
  std::string_view name;
  ArgumentsId arguments;
  SelectionId source;
  Heads children;

  bool same_as(const Group& other) const {
    return response_key == other.response_key && name == other.name && arguments == other.arguments &&
           children == other.children;
  }
};

struct ClassDraft {
  std::vector<TypeId> types;
  std::vector<Group> groups;
  std::vector<TypeRef> own_types;  // of fields that the static type lacks, as the class's types declare them
};

class Normalizer {
 public:
  Normalizer(const Document& document, const Schema& schema, OperationId operation, size_t selections_max)
      : document_(document),
        schema_(schema),
        operation_(document[operation]),
        fragments_(document),
        keys_(document),
        places_(keys_.count()),
        selections_max_(selections_max),
        visits_left_(1'000'000 + 50 * selections_max) {
    stamps_.resize(document.fragments.size());
    out_.type = operation_.type;
    out_.arguments.push_back({});
    argument_ids_.emplace("", ArgumentsId(0));
    declare_variables(operation);
  }

  std::expected<NormalizedOperation, DocumentError> run(const std::vector<std::string_view>& conditions,
                                                        uint32_t condition_mask) {
    for (size_t i = 0; i < conditions.size(); ++i) {
      conditions_.emplace(conditions[i], (condition_mask >> i & 1) != 0);
    }
    out_.root = add_set(schema_.root_type(operation_.type), {operation_.first_selection}, 1);
    for (size_t i = 0; i < pending_.size(); ++i) {
      const Pending pending = std::move(pending_[i]);
      if (pending.depth > limits::kOperationDepthMax) {
        return fail(ErrorCode::MAX_DEPTH_LIMIT,
                    fmt::format("the operation nests deeper than {} levels", limits::kOperationDepthMax));
      }
      std::vector<ClassDraft> classes;
      if (!build_classes(pending, classes) || !emit(pending, classes)) {
        return fail(ErrorCode::MAX_SELECTIONS_LIMIT,
                    fmt::format("fragments expand to more than {} selections", selections_max_));
      }
    }
    return std::move(out_);
  }

 private:
  struct Pending {
    SelectionSetId set;
    Heads heads;
    uint32_t depth;
  };

  // Where a response key was met last: in which collection, and as which of its groups.
  struct Place {
    uint64_t collection = 0;
    size_t group = 0;
  };

  std::unexpected<DocumentError> fail(ErrorCode code, std::string message) const {
    return std::unexpected(DocumentError{code, std::move(message), {document_.position(operation_.offset)}});
  }

  void declare_variables(OperationId operation) {
    for (auto [id, definition] : document_.each(operation_.first_variable)) {
      Variable variable;
      variable.name = definition.name;
      variable.type = resolve_type(document_, schema_, definition.type).value_or(TypeRef());
      variable.default_value = definition.default_value;
      variable_ids_.emplace(definition.name, out_.variables.push_back(variable));
    }
    if (out_.variables.empty()) return;
    std::vector<bool> in_conditions(out_.variables.size()), elsewhere(out_.variables.size());
    const auto directives = [&](graphql::DirectiveId first) {
      for (auto [id, directive] : document_.each(first)) {
        std::vector<bool>& uses = directive.name == "skip" || directive.name == "include" ? in_conditions : elsewhere;
        mark_uses(directive.first_argument, uses);
      }
    };
    walk_definitions(document_, fragments_, operation, [&](SelectionId first, graphql::DirectiveId on_definition) {
      directives(on_definition);
      walk_selections(document_, first, [&](const Selection& selection) {
        mark_uses(selection.first_argument, elsewhere);
        directives(selection.first_directive);
      });
    });
    for (size_t i = 0; i < out_.variables.size(); ++i) {
      out_.variables[VariableId(i)].condition_only = in_conditions[i] && !elsewhere[i];
    }
  }

  void mark_uses(graphql::ArgumentId first, std::vector<bool>& uses) const {
    for (auto [id, argument] : document_.each(first)) {
      walk_variables(document_, argument.value, [&](const graphql::Value& value) {
        const auto found = variable_ids_.find(value.text);
        if (found != variable_ids_.end()) uses[found->second.value()] = true;
      });
    }
  }

  SelectionSetId add_set(TypeId static_type, Heads heads, uint32_t depth) {
    const SelectionSetId id = out_.selection_sets.push_back({static_type, {}});
    pending_.push_back({id, std::move(heads), depth});
    return id;
  }

  bool included(const Selection& selection) const {
    for (auto [id, directive] : document_.each(selection.first_directive)) {
      const bool skip = directive.name == "skip";
      if (!skip && directive.name != "include") continue;
      const graphql::Argument* condition = document_.find_argument(directive.first_argument, "if");
      if (condition == nullptr) continue;
      const graphql::Value& value = document_[condition->value];
      bool truth = value.text == "true";
      if (value.kind == ValueKind::variable) {
        const auto found = conditions_.find(value.text);
        truth = found != conditions_.end() && found->second;
      }
      if (truth == skip) return false;
    }
    return true;
  }

  // Walks the selections that are included, in the order of CollectFields, each fragment once. `enter(TypeId)` decides
  // whether a type condition lets through; `field` sees each field. False when the visits are used up.
  template <class Enter, class OnField>
  bool walk(const Heads& heads, Enter&& enter, OnField&& on_field) {
    ++stamp_;
    cursors_.assign(heads.rbegin(), heads.rend());
    while (!cursors_.empty()) {
      const SelectionId id = cursors_.back();
      cursors_.pop_back();
      const Selection& selection = document_[id];
      if (selection.next) cursors_.push_back(selection.next);
      if (visits_left_ == 0) return false;
      --visits_left_;
      if (!included(selection)) continue;
      if (selection.kind == SelectionKind::field) {
        on_field(id, selection);
      } else if (selection.kind == SelectionKind::inline_fragment) {
        if (selection.name.empty() || enter(schema_.find_type(selection.name))) {
          cursors_.push_back(selection.first_child);
        }
      } else {
        const FragmentId fragment = fragments_.find(selection.name);
        if (!fragment || stamps_[fragment] == stamp_) continue;
        stamps_[fragment] = stamp_;
        if (enter(schema_.find_type(document_[fragment].type_condition))) {
          cursors_.push_back(document_[fragment].first_selection);
        }
      }
    }
    return true;
  }

  // Types that pass the same type conditions collect the same fields, so that one of each such kind is enough.
  bool build_classes(const Pending& pending, std::vector<ClassDraft>& classes) {
    const TypeId static_type = out_.selection_sets[pending.set].static_type;
    if (schema_.types[static_type].kind == schema::TypeKind::object) return build_class(pending, static_type, classes);
    std::vector<TypeId> conditions;
    const auto note = [&](TypeId condition) {
      if (condition && condition != static_type) conditions.push_back(condition);
      return true;
    };
    if (!walk(pending.heads, note, [](SelectionId, const Selection&) {})) return false;
    sort_unique(conditions);

    std::map<std::vector<bool>, std::vector<TypeId>> kinds;
    for (TypeId type : schema_.types[static_type].possible_types) {
      if (!schema_.types[type].accessible) continue;
      if (visits_left_ < conditions.size()) return false;
      visits_left_ -= conditions.size();
      std::vector<bool> passes(conditions.size());
      for (size_t i = 0; i < conditions.size(); ++i) passes[i] = schema_.is_possible(conditions[i], type);
      kinds[std::move(passes)].push_back(type);
    }
    for (auto& [passes, types] : kinds) {
      std::vector<Group> groups;
      if (!collect(pending.heads, types.front(), groups)) return false;
      split(static_type, types, std::move(groups), classes);
    }
    std::ranges::sort(classes, {}, [](const ClassDraft& draft) { return draft.types.front(); });
    return true;
  }

  bool build_class(const Pending& pending, TypeId object, std::vector<ClassDraft>& classes) {
    if (!schema_.types[object].accessible) return true;
    classes.push_back({.types = {object}, .groups = {}, .own_types = {}});
    return collect(pending.heads, object, classes.back().groups);
  }

  bool collect(const Heads& heads, TypeId type, std::vector<Group>& groups) {
    ++collection_;
    const auto enter = [&](TypeId condition) { return condition && schema_.is_possible(condition, type); };
    const auto on_field = [&](SelectionId id, const Selection& selection) {
      Place& place = places_[keys_[id]];
      if (place.collection != collection_) {
        place = {.collection = collection_, .group = groups.size()};
        groups.push_back({.response_key = selection.response_key(),
                          .name = selection.name,
                          .arguments = intern_arguments(selection.first_argument),
                          .source = id,
                          .children = {}});
      }
      if (selection.first_child) groups[place.group].children.push_back(selection.first_child);
    };
    if (!walk(heads, enter, on_field)) return false;
    for (Group& group : groups) drop_repeated(group.children);
    return true;
  }

  // Keeps the first of equal heads: a fragment spread at several places brings its children several times.
  void drop_repeated(Heads& heads) const {
    if (heads.size() < 2) return;
    std::unordered_set<SelectionId> seen;
    std::erase_if(heads, [&](SelectionId id) { return !seen.insert(id).second; });
  }

  // Divides types whose own declarations differ where the static type has none, then joins what is equal.
  void split(TypeId static_type, const std::vector<TypeId>& types, std::vector<Group> groups,
             std::vector<ClassDraft>& classes) const {
    for (TypeId type : types) {
      std::vector<TypeRef> own_types;
      if (static_type != type) {
        for (const Group& group : groups) {
          if (schema_.find_any_field(static_type, group.name)) continue;
          const FieldId own = schema_.find_any_field(type, group.name);
          if (own) own_types.push_back(schema_.fields[own].type);
        }
      }
      const auto equal = [&](const ClassDraft& draft) {
        return draft.own_types == own_types &&
               std::ranges::equal(draft.groups, groups, [](const Group& a, const Group& b) { return a.same_as(b); });
      };
      const auto found = std::ranges::find_if(classes, equal);
      if (found == classes.end()) {
        const bool last = type == types.back();
        classes.push_back({{type}, last ? std::move(groups) : groups, std::move(own_types)});
      } else {
        found->types.insert(std::ranges::upper_bound(found->types, type), type);
      }
    }
  }

  bool emit(const Pending& pending, std::vector<ClassDraft>& classes) {
    const TypeId static_type = out_.selection_sets[pending.set].static_type;
    std::vector<TypeClass> done;
    done.reserve(classes.size());
    for (ClassDraft& draft : classes) {
      if (out_.fields.size() + draft.groups.size() > selections_max_) return false;
      const IdRange<FieldNodeId> range{FieldNodeId(out_.fields.size()), static_cast<uint32_t>(draft.groups.size())};
      for (Group& group : draft.groups) {
        FieldNode node;
        node.response_key = group.response_key;
        node.arguments = group.arguments;
        node.source = group.source;
        if (group.name == "__typename") {
          node.kind = FieldKind::type_name;
        } else {
          node.field = find_field(static_type, draft.types, group.name, node.kind);
        }
        if (!group.children.empty()) {
          node.children = add_set(schema_.fields[node.field].type.type, std::move(group.children), pending.depth + 1);
        }
        out_.fields.push_back(node);
      }
      done.push_back({std::move(draft.types), range});
    }
    out_.selection_sets[pending.set].classes = std::move(done);
    return true;
  }

  FieldId find_field(TypeId static_type, const std::vector<TypeId>& types, std::string_view name,
                     FieldKind& kind) const {
    if (static_type == schema_.query_type && (name == "__schema" || name == "__type")) {
      kind = FieldKind::introspection;
      return name == "__schema" ? schema_.schema_meta_field : schema_.type_meta_field;
    }
    if (types.size() > 1) {
      const FieldId field = schema_.find_any_field(static_type, name);
      if (field) return field;
    }
    return schema_.find_any_field(types.front(), name);
  }

  ArgumentsId intern_arguments(graphql::ArgumentId first) {
    if (!first) return ArgumentsId(0);
    std::string text = graphql::print_canonical_arguments(document_, first);
    const auto found = argument_ids_.find(text);
    if (found != argument_ids_.end()) return found->second;
    std::vector<bool> uses(out_.variables.size());
    mark_uses(first, uses);
    Arguments arguments{.text = text, .variables = {}};
    for (size_t i = 0; i < uses.size(); ++i) {
      if (uses[i]) arguments.variables.emplace_back(i);
    }
    const ArgumentsId id = out_.arguments.push_back(std::move(arguments));
    argument_ids_.emplace(std::move(text), id);
    return id;
  }

  const Document& document_;
  const Schema& schema_;
  const graphql::Operation& operation_;
  const FragmentIndex fragments_;
  const ResponseKeys keys_;
  std::vector<Place> places_;  // by response key
  uint64_t collection_ = 0;
  const size_t selections_max_;
  size_t visits_left_;
  NormalizedOperation out_;
  std::unordered_map<std::string_view, bool, KeyedStringHash> conditions_;
  std::unordered_map<std::string_view, VariableId, KeyedStringHash> variable_ids_;
  std::unordered_map<std::string, ArgumentsId, KeyedStringHash> argument_ids_;
  std::deque<Pending> pending_;
  IdVector<FragmentId, uint32_t> stamps_;
  uint32_t stamp_ = 0;
  std::vector<SelectionId> cursors_;
};

}  // namespace

std::expected<NormalizedOperation, DocumentError> normalize(const Document& document, const Schema& schema,
                                                            OperationId operation, uint32_t condition_mask,
                                                            size_t expanded_selections_max) {
  const auto conditions = condition_variables(document, operation);
  if (!conditions) return std::unexpected(conditions.error());
  if (expanded_selections(document, operation) > expanded_selections_max) {
    return std::unexpected(
        DocumentError{ErrorCode::MAX_SELECTIONS_LIMIT,
                      fmt::format("fragments expand to more than {} selections", expanded_selections_max),
                      {document.position(document[operation].offset)}});
  }
  return Normalizer(document, schema, operation, expanded_selections_max).run(*conditions, condition_mask);
}

}  // namespace signet::operation
