#include "signing/admission/schema_changes.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "router/federation/supergraph.hpp"
#include "signing/admission/default_values.hpp"
#include "signing/core/refusal.hpp"
#include "signing/core/subgraph_urls.hpp"

namespace signet::admission {
namespace {

using enum ChangeClass;
using schema::Schema;
using schema::TypeId;
using schema::TypeKind;
using schema::TypeRef;

// Standard scalars are part of a schema as far as something uses them. String and Boolean always are: introspection
// does.
class UsedScalars {
 public:
  explicit UsedScalars(const Schema& schema) : used_(schema.types.size()) {
    for (const schema::Field& field : schema.fields) {
      if (!field.accessible || !schema.types[field.parent].accessible) continue;
      note(field.type);
      for (const auto id : field.arguments) note(schema.input_values[id]);
    }
    for (const schema::Type& type : schema.types) {
      if (!type.accessible) continue;
      for (const auto id : type.input_fields) note(schema.input_values[id]);
    }
    for (const schema::DirectiveDef& directive : schema.directives) {
      if (!directive.accessible) continue;
      for (const auto id : directive.arguments) note(schema.input_values[id]);
    }
  }
  bool contains(TypeId id) const { return used_[id.value()]; }

 private:
  void note(const schema::InputValue& value) {
    if (value.accessible) note(value.type);
  }
  void note(TypeRef type) { used_[type.type.value()] = true; }

  std::vector<bool> used_;
};

class Comparison {
 public:
  Comparison(const Schema& before, const Schema& after)
      : before_(before), after_(after), used_before_(before), used_after_(after) {}

  std::vector<Change> run() {
    for (size_t i = 0; i < before_.types.size(); ++i) {
      const TypeId old_id(i);
      const TypeId new_id = after_.find_type(before_.type_name(old_id));
      if (!before_.types[old_id].accessible || unused(before_, used_before_, old_id)) continue;
      if (!new_id || unused(after_, used_after_, new_id)) {
        add(TYPE_REMOVED, std::string(before_.type_name(old_id)));
      } else {
        type(old_id, new_id);
      }
    }
    for (size_t i = 0; i < after_.types.size(); ++i) {
      const TypeId id(i);
      const bool there = after_.types[id].accessible && !unused(after_, used_after_, id);
      const TypeId old_id = before_.find_type(after_.type_name(id));
      const bool was = old_id && !unused(before_, used_before_, old_id);
      if (there && !was) add(TYPE_ADDED, std::string(after_.type_name(id)));
    }
    directives();
    return std::move(changes_);
  }

 private:
  static bool unused(const Schema& schema, const UsedScalars& used, TypeId id) {
    return schema.types[id].builtin != schema::BuiltinScalar::none && !used.contains(id);
  }

  void add(ChangeClass change, std::string where, std::string_view what = {}) {
    changes_.push_back({change, std::move(where), std::string(what)});
  }

  void type(TypeId old_id, TypeId new_id) {
    const schema::Type& before = before_.types[old_id];
    const schema::Type& after = after_.types[new_id];
    const std::string name(before_.type_name(old_id));
    if (before.kind != after.kind) return add(TYPE_CHANGED_KIND, name);
    switch (before.kind) {
      case TypeKind::enum_:
        return enum_values(before, after, old_id, new_id, name);
      case TypeKind::union_:
        return names(before.possible_types, after.possible_types, name, TYPE_REMOVED_FROM_UNION, TYPE_ADDED_TO_UNION);
      case TypeKind::input_object:
        return input_fields(before, after, old_id, new_id, name);
      case TypeKind::object:
      case TypeKind::interface:
        names(before.interfaces, after.interfaces, name, IMPLEMENTED_INTERFACE_REMOVED, IMPLEMENTED_INTERFACE_ADDED);
        return fields(before, after, old_id, new_id, name);
      default:
        return;
    }
  }

  // Types that another one lists: members of a union, interfaces of an object.
  void names(const std::vector<TypeId>& before, const std::vector<TypeId>& after, const std::string& where,
             ChangeClass removed, ChangeClass added) {
    const auto missing = [this, &where](const Schema& in, const std::vector<TypeId>& list, const Schema& other_schema,
                                        const std::vector<TypeId>& other, ChangeClass change) {
      for (const TypeId id : list) {
        if (!in.types[id].accessible) continue;
        const TypeId counterpart = other_schema.find_type(in.type_name(id));
        if (!counterpart || std::ranges::find(other, counterpart) == other.end()) add(change, where, in.type_name(id));
      }
    };
    missing(before_, before, after_, after, removed);
    missing(after_, after, before_, before, added);
  }

  void enum_values(const schema::Type& before, const schema::Type& after, TypeId old_id, TypeId new_id,
                   const std::string& where) {
    const auto missing = [this, &where](const Schema& in, const schema::Type& type, const Schema& other,
                                        TypeId other_id, ChangeClass change) {
      for (const auto id : type.enum_values) {
        const schema::EnumValue& value = in.enum_values[id];
        const std::string_view name = in.text(value.name);
        if (value.accessible && !other.find_enum_value(other_id, name)) add(change, fmt::format("{}.{}", where, name));
      }
    };
    missing(before_, before, after_, new_id, VALUE_REMOVED_FROM_ENUM);
    missing(after_, after, before_, old_id, VALUE_ADDED_TO_ENUM);
  }

  void input_fields(const schema::Type& before, const schema::Type& after, TypeId old_id, TypeId new_id,
                    const std::string& owner) {
    for (const auto id : before.input_fields) {
      const schema::InputValue& value = before_.input_values[id];
      if (!value.accessible) continue;
      const std::string where = fmt::format("{}.{}", owner, before_.text(value.name));
      const auto now = after_.find_input_field(new_id, before_.text(value.name));
      if (!now) {
        add(FIELD_REMOVED, where);
      } else if (!accepts(value.type, after_.input_values[now].type)) {
        add(FIELD_CHANGED_KIND, where);
      }
    }
    for (const auto id : after.input_fields) {
      const schema::InputValue& value = after_.input_values[id];
      if (!value.accessible || before_.find_input_field(old_id, after_.text(value.name))) continue;
      add(value.required() ? REQUIRED_INPUT_FIELD_ADDED : OPTIONAL_INPUT_FIELD_ADDED,
          fmt::format("{}.{}", owner, after_.text(value.name)));
    }
  }

  void fields(const schema::Type& before, const schema::Type& after, TypeId old_id, TypeId new_id,
              const std::string& owner) {
    for (const auto id : before.fields) {
      const schema::Field& field = before_.fields[id];
      if (!field.accessible) continue;
      const std::string where = fmt::format("{}.{}", owner, before_.text(field.name));
      const auto now = after_.find_field(new_id, before_.text(field.name));
      if (!now) {
        add(FIELD_REMOVED, where);
        continue;
      }
      arguments(field, id, now, where);
      if (!gives(field.type, after_.fields[now].type)) add(FIELD_CHANGED_KIND, where);
    }
    for (const auto id : after.fields) {
      const schema::Field& field = after_.fields[id];
      if (!field.accessible || before_.find_field(old_id, after_.text(field.name))) continue;
      add(FIELD_ADDED, fmt::format("{}.{}", owner, after_.text(field.name)));
    }
  }

  void arguments(const schema::Field& field, schema::FieldId old_id, schema::FieldId new_id, const std::string& owner) {
    for (const auto id : field.arguments) {
      const schema::InputValue& value = before_.input_values[id];
      if (!value.accessible) continue;
      const std::string where = fmt::format("{}({}:)", owner, before_.text(value.name));
      const auto now = after_.find_argument(new_id, before_.text(value.name));
      if (!now) {
        add(ARG_REMOVED, where);
        continue;
      }
      const schema::InputValue& next = after_.input_values[now];
      if (!accepts(value.type, next.type)) {
        add(ARG_CHANGED_KIND, where);
      } else if (value.has_default && !same_default(before_, value, after_, next)) {
        add(ARG_DEFAULT_VALUE_CHANGE, where);
      }
    }
    for (const auto id : after_.fields[new_id].arguments) {
      const schema::InputValue& value = after_.input_values[id];
      if (!value.accessible || before_.find_argument(old_id, after_.text(value.name))) continue;
      add(value.required() ? REQUIRED_ARG_ADDED : OPTIONAL_ARG_ADDED,
          fmt::format("{}({}:)", owner, after_.text(value.name)));
    }
  }

  void directives() {
    for (const schema::DirectiveDef& directive : before_.directives) {
      if (!directive.accessible) continue;
      const std::string where = fmt::format("@{}", before_.text(directive.name));
      if (const auto now = after_.find_directive(before_.text(directive.name))) {
        one_directive(directive, after_.directives[now], where);
      } else {
        add(DIRECTIVE_REMOVED, where);
      }
    }
    for (const schema::DirectiveDef& directive : after_.directives) {
      if (!directive.accessible || before_.find_directive(after_.text(directive.name))) continue;
      add(DIRECTIVE_ADDED, fmt::format("@{}", after_.text(directive.name)));
    }
  }

  void one_directive(const schema::DirectiveDef& before, const schema::DirectiveDef& after, const std::string& where) {
    const auto has = [](const Schema& schema, const schema::DirectiveDef& directive, std::string_view name) {
      for (const auto id : directive.arguments) {
        const schema::InputValue& value = schema.input_values[id];
        if (value.accessible && schema.text(value.name) == name) return true;
      }
      return false;
    };
    for (const auto id : after.arguments) {
      const schema::InputValue& value = after_.input_values[id];
      if (!value.accessible || !value.required() || has(before_, before, after_.text(value.name))) continue;
      add(REQUIRED_DIRECTIVE_ARG_ADDED, fmt::format("{}({}:)", where, after_.text(value.name)));
    }
    for (const auto id : before.arguments) {
      const schema::InputValue& value = before_.input_values[id];
      if (!value.accessible || has(after_, after, before_.text(value.name))) continue;
      add(DIRECTIVE_ARG_REMOVED, fmt::format("{}({}:)", where, before_.text(value.name)));
    }
    if (before.repeatable && !after.repeatable) add(DIRECTIVE_REPEATABLE_REMOVED, where);
    for (const std::string_view location : before.locations) {
      const bool there = std::ranges::find(after.locations, location) != after.locations.end();
      if (!there) add(DIRECTIVE_LOCATION_REMOVED, where, location);
    }
  }

  bool same_shape(TypeRef before, TypeRef after) const {
    return before.list_depth == after.list_depth && before_.type_name(before.type) == after_.type_name(after.type);
  }

  // What comes out is still what was promised: it may have become non-null at any level.
  bool gives(TypeRef before, TypeRef after) const {
    return same_shape(before, after) && (before.non_null_bits & ~after.non_null_bits) == 0;
  }

  // What was passed may still be passed: it may have become nullable at any level.
  bool accepts(TypeRef before, TypeRef after) const {
    return same_shape(before, after) && (after.non_null_bits & ~before.non_null_bits) == 0;
  }

  const Schema& before_;
  const Schema& after_;
  UsedScalars used_before_, used_after_;
  std::vector<Change> changes_;
};

/// All addresses of each subgraph: one that is not asked today may be tomorrow.
using UrlsByName = std::map<std::string_view, std::vector<std::pair<std::string_view, std::string_view>>>;

UrlsByName urls_by_name(const std::vector<signing::Subgraph>& subgraphs) {
  UrlsByName out;
  for (const signing::Subgraph& each : subgraphs) out[each.name].emplace_back(each.url, each.subscription_url);
  return out;
}

}  // namespace

std::vector<Change> schema_changes(const Schema& before, const Schema& after) {
  return Comparison(before, after).run();
}

std::vector<Change> subgraph_changes(const std::vector<signing::Subgraph>& before,
                                     const std::vector<signing::Subgraph>& after) {
  std::vector<Change> changes;
  const UrlsByName old_urls = urls_by_name(before), new_urls = urls_by_name(after);
  for (const auto& [name, urls] : old_urls) {
    const auto now = new_urls.find(name);
    if (now == new_urls.end()) {
      changes.push_back({SUBGRAPH_REMOVED, std::string(name)});
    } else if (now->second != urls) {
      changes.push_back({SUBGRAPH_URL_CHANGED, std::string(name)});
    }
  }
  for (const auto& [name, urls] : new_urls) {
    if (!old_urls.contains(name)) changes.push_back({SUBGRAPH_ADDED, std::string(name)});
  }
  return changes;
}

std::expected<std::vector<Change>, std::string> graph_changes(const std::string& before, const std::string& after) {
  const auto load = [](const std::string& sdl, std::string_view which) -> std::expected<Schema, std::string> {
    auto schema = federation::load_schema(sdl);
    if (schema) return std::move(*schema);
    const federation::LoadError& error = schema.error().front();
    const uint32_t line = error.position.line;
    return std::unexpected(fmt::format("the schema of the {} artifact cannot be read: {}{}", which,
                                       line == 0 ? std::string() : fmt::format("line {}: ", line),
                                       signing::printable(error.message)));
  };
  const auto old_schema = load(before, "previous");
  if (!old_schema) return std::unexpected(old_schema.error());
  const auto new_schema = load(after, "new");
  if (!new_schema) return std::unexpected(new_schema.error());
  std::vector<Change> changes = schema_changes(*old_schema, *new_schema);
  const auto old_urls = signing::subgraph_urls(before), new_urls = signing::subgraph_urls(after);
  if (!old_urls || !new_urls) return std::unexpected(std::string("the subgraphs cannot be read"));
  std::ranges::move(subgraph_changes(*old_urls, *new_urls), std::back_inserter(changes));
  return changes;
}

}  // namespace signet::admission
