#include "tests/oracle/evaluate.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "router/json/writer.hpp"

namespace signet::oracle {

using demo::List;
using demo::Number;
using demo::Object;
using demo::Resolved;
using demo::Value;

namespace {

/// FNV-1a
uint64_t digest(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  return hash ^ (hash >> 29);
}

/// Text of one leaf. Subgraphs may write an ID as a number.
std::string leaf_text(const Value& value, const TypeUse& type) {
  if (type.name == "ID" && value.number() != nullptr) return canonical(Value(value.number()->text));
  return canonical(value);
}

/// The text of required fields, read either from the world or from a representation.
class Requirement {
 public:
  explicit Requirement(const World& world) : world_(world) {}

  bool stored(const Object& self, const FieldSet& set, std::string& out) {
    const TypeDef& type = *world_.type(self.type);
    for (const SetNode& node : set) {
      if (!node.on.empty()) {
        if (node.on == self.type && !stored(self, node.children, out)) return false;
        continue;
      }
      const FieldDef& field = *type.field(node.field);
      const Resolved value = evaluate(world_, self, field, node.given);
      if (!value) return false;
      out += node.field + ":";
      if (!value_text(*value, field.type, node, out, true)) return false;
    }
    return true;
  }

  bool represented(const Object& given, const TypeDef& type, const FieldSet& set, std::string& out) {
    for (const SetNode& node : set) {
      if (!node.on.empty()) {
        if (given.text("__typename").empty()) return false;
        const TypeDef& member = *world_.type(node.on);
        if (node.on == given.text("__typename") && !represented(given, member, node.children, out)) return false;
        continue;
      }
      const FieldDef& field = *type.field(node.field);
      const Value* value = given.find(node.field);
      if (value == nullptr) return false;
      out += node.field + ":";
      if (!value_text(*value, field.type, node, out, false)) return false;
    }
    return true;
  }

 private:
  bool value_text(const Value& value, const TypeUse& type, const SetNode& node, std::string& out, bool is_stored) {
    if (value.is_null()) {
      out += "null;";
      return true;
    }
    if (type.lists > 0) {
      if (value.list() == nullptr) return false;
      out += '[';
      for (const Value& item : *value.list()) {
        if (!value_text(item, type.item(), node, out, is_stored)) return false;
      }
      out += ']';
      return true;
    }
    if (node.children.empty()) {
      out += leaf_text(value, type) + ";";
      return true;
    }
    const Object* object = value.object();
    if (object == nullptr) return false;
    out += '{';
    const bool whole = is_stored ? stored(*object, node.children, out)
                                 : represented(*object, *world_.type(type.name), node.children, out);
    out += '}';
    return whole;
  }

  const World& world_;
};

Value with_salt(const World& world, const Value& value, const TypeUse& type, uint64_t salt) {
  if (value.is_null() || type.name == "Query") return value;
  if (const List* list = value.list(); list != nullptr && type.lists > 0) {
    List items;
    for (size_t i = 0; i < list->size(); ++i) {
      const Value& item = (*list)[(i + salt) % list->size()];
      items.push_back(world.type(type.name) == nullptr ? with_salt(world, item, type.item(), salt) : item);
    }
    return items;
  }
  if (const TypeDef* named = world.type(type.name)) {
    if (named->kind != TypeKind::entity) return value;
    const std::vector<size_t> rows = world.rows_of(type.name);
    return reference(type.name, rows[salt % rows.size()]);
  }
  if (type.name == "Int") return static_cast<int64_t>(salt % 1'000'000);
  if (type.name == "Float") return Number{fmt::format("{}.50", salt % 1000)};
  if (type.name == "Boolean") return salt % 2 == 0;
  if (type.name == "Color") return salt % 2 == 0 ? "GREEN" : "BLUE";
  return fmt::format("{}~{:x}", value.text() == nullptr ? "" : *value.text(), salt);
}

Value computed(const World& world, const FieldDef& field, const Object& arguments, const std::string& inputs) {
  std::string all = fmt::format("{}|{}|", field.name, inputs);
  for (const auto& [name, value] : arguments.fields) all += fmt::format("{}={};", name, canonical(value));
  const uint64_t hash = digest(all);
  if (world.type(field.type.name) != nullptr) {
    const std::vector<size_t> rows = world.rows_of(field.type.name);
    return reference(field.type.name, rows[hash % rows.size()]);
  }
  if (field.type.name == "Int") return static_cast<int64_t>(hash % 1'000'000);
  return fmt::format("{:x}", hash);
}

bool matches(const World& world, const Object& self, const FieldSet& key, const Object& representation) {
  Requirement reader(world);
  std::string wanted, got;
  return reader.stored(self, key, wanted) && reader.represented(representation, *world.type(self.type), key, got) &&
         wanted == got;
}

}  // namespace

std::string canonical(const Value& value) {
  if (value.is_null()) return "null";
  if (const bool* truth = value.boolean()) return *truth ? "true" : "false";
  if (const Number* number = value.number()) return number->text;
  std::string out;
  if (const std::string* text = value.text()) {
    json::append_string(out, *text);
  } else if (const List* list = value.list()) {
    for (const Value& item : *list) out += (out.empty() ? "[" : ",") + canonical(item);
    out += list->empty() ? "[]" : "]";
  } else {
    std::map<std::string_view, std::string> members;  // their order means nothing
    for (const auto& [name, member] : value.object()->fields) members.emplace(name, canonical(member));
    out = "{";
    for (const auto& [name, member] : members) out += fmt::format("{}:{},", name, member);
    out += '}';
  }
  return out;
}

Resolved evaluate(const World& world, const Object& self, const FieldDef& field, const Object& arguments) {
  const Row& row = world.rows[row_of(self)];
  std::string inputs;
  if (!Requirement(world).stored(self, field.required, inputs)) return std::unexpected(std::string(kUnmet));
  if (row.failing.contains(field.name)) return std::unexpected(std::string(kPlanted));
  if (!field.required.empty()) return computed(world, field, arguments, inputs);
  if (const Value* own = self.find(field.name)) return *own;
  const auto cell = row.cells.find(field.name);
  if (cell == row.cells.end()) return Value();
  if (field.arguments.empty()) return cell->second;
  std::string salt;
  for (const auto& [name, value] : arguments.fields) salt += fmt::format("{}={};", name, canonical(value));
  return salt.empty() ? cell->second : with_salt(world, cell->second, field.type, digest(salt));
}

Resolved evaluate_represented(const World& world, const Object& self, const FieldDef& field, const Object& arguments,
                              const Object& representation) {
  if (world.rows[row_of(self)].failing.contains(field.name)) return std::unexpected(std::string(kPlanted));
  std::string inputs;
  if (!Requirement(world).represented(representation, *world.type(self.type), field.required, inputs)) {
    return std::unexpected(fmt::format("the representation does not have \"{}\"", print_set(field.required)));
  }
  return computed(world, field, arguments, inputs);
}

bool has_key(const FieldSet& key, const Object& representation) {
  return std::ranges::all_of(key, [&](const SetNode& node) {
    const Value* value = representation.find(node.field);
    if (value == nullptr) return false;
    return node.children.empty() || (value->object() != nullptr && has_key(node.children, *value->object()));
  });
}

int64_t find_row(const World& world, const TypeDef& type, const FieldSet& key, const Object& representation) {
  for (const size_t row : world.rows_of(type.name)) {
    const Value self = reference(type.name, row);
    if (matches(world, *self.object(), key, representation)) return static_cast<int64_t>(row);
  }
  return -1;
}

}  // namespace signet::oracle
