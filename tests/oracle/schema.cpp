// Random types: entities with their keys, value types, roots, and fields whose values need other fields.

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <functional>

#include "tests/oracle/inputs.hpp"
#include "tests/oracle/world.hpp"

namespace signet::oracle {

namespace {

constexpr std::array kLeaves = {"Int", "Float", "String", "String", "Boolean", "ID", "Color", "Blob"};
// Names that the planner or GraphQL itself uses elsewhere.
constexpr std::array kOddNames = {"_a1", "_a2", "representations", "on", "query", "fragment", "null", "_entities_"};
constexpr std::array kArgumentTypes = {"Int", "Float", "String", "Boolean", "ID", "Color", "Blob", "Filter", "Filter"};

class SchemaMaker {
 public:
  explicit SchemaMaker(Random& random) : random_(random) {}

  World make() {
    const size_t entities = random_.between(2, 4);
    const size_t values = random_.between(1, 3);
    add("Query", TypeKind::root);
    for (size_t i = 0; i < entities; ++i) entities_.push_back(add(fmt::format("E{}", i), TypeKind::entity));
    for (size_t i = 0; i < values; ++i) values_.push_back(add(fmt::format("V{}", i), TypeKind::value));
    for (const std::string& name : entities_) add_keys(name);
    add_abstract();
    for (const std::string& name : entities_) add_fields(name, random_.between(3, 6));
    for (const std::string& name : values_) add_fields(name, random_.between(2, 4));
    if (random_.chance(35)) add_halved();
    for (const std::string& name : entities_) add_computed(*world_.type(name));
    add_query();
    if (random_.chance(60)) add_mutation();
    for (const std::string& name : sturdy_) make_sturdy(name);
    for (TypeDef& type : world_.types) {
      for (const FieldSet& key : type.keys) mark_keys(type, key);
    }
    return std::move(world_);
  }

 private:
  std::string add(std::string name, TypeKind kind) {
    world_.types.push_back({.name = name, .kind = kind, .members = {}, .keys = {}, .fields = {}, .halved = false});
    return name;
  }

  static SetNode node(std::string field, FieldSet children = {}) {
    return {.on = {}, .field = std::move(field), .arguments = {}, .given = {}, .children = std::move(children)};
  }
  static FieldDef plain(std::string name, TypeUse type) {
    return {.name = std::move(name), .type = std::move(type), .arguments = {}, .required = {}};
  }

  // --- keys: the first is always one leaf, so that nested keys of other types can name it

  void add_keys(const std::string& name) {
    TypeDef& type = *world_.type(name);
    static const std::array<TypeUse, 4> kKeyTypes = {{{"ID", 0, 1}, {"ID", 0, 1}, {"String", 0, 1}, {"Int", 0, 1}}};
    const std::string first = random_.chance(70) ? "id" : "code";
    type.fields.push_back(plain(first, random_.pick(kKeyTypes)));
    type.keys.push_back({node(first)});
    const size_t more = random_.below(3);
    for (size_t i = 0; i < more; ++i) {
      const std::string suffix = std::to_string(i);
      const size_t form = random_.below(4);
      if (form == 0) {
        type.fields.push_back(plain("sku" + suffix, random_.pick(kKeyTypes)));
        type.keys.push_back({node("sku" + suffix)});
      } else if (form == 1) {
        // One part may be null: the other still identifies.
        type.fields.push_back(plain("region" + suffix, {"String", 0, random_.chance(50) ? 1U : 0U}));
        type.fields.push_back(plain("serial" + suffix, {"Int", 0, 1}));
        type.keys.push_back({node("region" + suffix), node("serial" + suffix)});
        if (random_.chance(50)) std::swap(type.keys.back()[0], type.keys.back()[1]);
      } else if (form == 2) {
        const std::string owner = random_.pick(entities_);
        if (owner == name || world_.type(owner)->keys.empty()) continue;
        type.fields.push_back(plain("owner" + suffix, {owner, 0, 1}));
        type.fields.push_back(plain("slot" + suffix, {"Int", 0, 1}));
        type.keys.push_back(
            {node("owner" + suffix, {node(world_.type(owner)->keys[0][0].field)}), node("slot" + suffix)});
        sturdy_.insert(owner);
      } else {
        if (world_.type("Dims") == nullptr) add_dims();
        TypeDef& again = *world_.type(name);
        again.fields.push_back(plain("dims" + suffix, {"Dims", 0, 1}));
        again.keys.push_back({node("dims" + suffix, {node("width"), node("height")})});
        return;  // `type` may have moved
      }
    }
  }

  void add_dims() {
    add("Dims", TypeKind::value);
    TypeDef& dims = world_.types.back();
    dims.fields = {plain("width", {"Int", 0, 1}), plain("height", {"Int", 0, 1}), plain("unit", {"String"})};
    for (FieldDef& field : dims.fields) field.steady = true;
  }

  void mark_keys(TypeDef& type, const FieldSet& set) {
    for (const SetNode& each : set) {
      FieldDef& field = *type.field(each.field);
      field.key = field.steady = true;
      if (!each.children.empty()) mark_keys(*world_.type(field.type.name), each.children);
    }
  }

  // --- ordinary fields

  TypeUse wrapped(std::string name) {
    const size_t dice = random_.below(10);
    TypeUse type{.name = std::move(name), .lists = dice < 6 ? 0U : dice < 9 ? 1U : 2U, .non_null = 0};
    for (unsigned i = 0; i <= type.lists; ++i) type.non_null |= random_.chance(30) ? 1U << i : 0U;
    return type;
  }

  std::vector<ArgumentDef> arguments() {
    std::vector<ArgumentDef> result;
    const size_t count = random_.between(1, 2);
    for (size_t i = 0; i < count; ++i) {
      ArgumentDef argument{.name = fmt::format("a{}", i), .type = {random_.pick(kArgumentTypes)}, .default_value = {}};
      if (random_.chance(25)) argument.type.lists = 1;
      for (unsigned bit = 0; bit <= argument.type.lists; ++bit) {
        argument.type.non_null |= random_.chance(35) ? 1U << bit : 0U;
      }
      if (random_.chance(35)) argument.default_value = literal(random_, argument.type);
      result.push_back(std::move(argument));
    }
    return result;
  }

  TypeUse field_type(const TypeDef& type) {
    const size_t dice = random_.below(100);
    if (dice < 20) return wrapped(random_.pick(entities_));
    if (dice < 37) {
      TypeUse use = wrapped(random_.pick(values_));
      // Value objects are made for their place: a chain of them must be able to end.
      if (type.kind == TypeKind::value && use.name <= type.name) use.set_required(false);
      return use;
    }
    if (dice < 47 && !abstracts_.empty()) {
      TypeUse use = wrapped(random_.pick(abstracts_));
      if (type.kind == TypeKind::value) use.set_required(false);
      return use;
    }
    if (dice < 51) return {"Query", 0, random_.chance(50) ? 1U : 0U};
    return wrapped(random_.pick(kLeaves));
  }

  // --- abstract types: whoever returns one knows all its members

  void add_abstract() {
    const size_t count = random_.below(3);
    for (size_t i = 0; i < count; ++i) {
      const bool interface = random_.chance(60);
      std::vector<std::string> objects = entities_;
      objects.insert(objects.end(), values_.begin(), values_.end());
      random_.shuffle(objects);
      objects.resize(random_.between(2, std::min<size_t>(4, objects.size())));
      const std::string name =
          add(fmt::format("{}{}", interface ? "I" : "U", i), interface ? TypeKind::interface : TypeKind::union_);
      world_.type(name)->members = objects;
      abstracts_.push_back(name);
      for (size_t k = 0; interface && k < 2; ++k) {
        FieldDef field = plain(fmt::format("i{}{}", i, k),
                               wrapped(random_.chance(70) ? random_.pick(kLeaves) : random_.pick(entities_)));
        if (random_.chance(20)) field.arguments = arguments();
        field.shared = true;
        world_.type(name)->fields.push_back(field);
        for (const std::string& object : objects) world_.type(object)->fields.push_back(field);
      }
    }
  }

  void add_fields(const std::string& name, size_t count) {
    TypeDef& type = *world_.type(name);
    for (size_t i = 0; i < count; ++i) {
      const std::string odd = random_.chance(8) ? std::string(random_.pick(kOddNames)) : std::string();
      FieldDef field = plain(odd.empty() || type.field(odd) != nullptr ? fmt::format("f{}", i) : odd, field_type(type));
      if (random_.chance(25)) field.arguments = arguments();
      type.fields.push_back(std::move(field));
    }
  }

  /// A value type that stands behind one field only.
  void add_halved() {
    const std::string name = add("Z0", TypeKind::value);
    TypeDef& type = world_.types.back();
    type.halved = true;
    for (size_t i = 0; i < 3; ++i) {
      type.fields.push_back(
          plain(fmt::format("z{}", i), wrapped(random_.chance(75) ? random_.pick(kLeaves) : random_.pick(entities_))));
    }
    world_.type(random_.chance(30) ? "Query" : random_.pick(entities_))->fields.push_back(plain("zip", wrapped(name)));
  }

  // --- computed fields

  static bool simple_arguments(const FieldDef& field) {
    return std::ranges::all_of(field.arguments, [](const ArgumentDef& argument) {
      return argument.type.lists == 0 && (argument.type.name == "Int" || argument.type.name == "String");
    });
  }

  SetNode use(const FieldDef& field) {
    SetNode result = node(field.name);
    for (const ArgumentDef& argument : field.arguments) {
      const bool number = argument.type.name == "Int";
      const int value = static_cast<int>(random_.below(9));
      if (!result.arguments.empty()) result.arguments += ", ";
      result.arguments +=
          fmt::format("{}: {}", argument.name, number ? fmt::format("{}", value) : fmt::format("\"t{}\"", value));
      result.given.fields.emplace_back(argument.name,
                                       number ? demo::Value(value) : demo::Value(fmt::format("t{}", value)));
    }
    return result;
  }

  /// A node for `field` with everything that it needs below, or one without a name when that cannot be.
  SetNode required_node(FieldDef& field, unsigned depth) {
    if (field.type.name == "Query" || !simple_arguments(field)) return {};
    const TypeDef* target = world_.type(field.type.name);
    if (target != nullptr && target->abstract()) return required_members(field, *target, depth);
    if (!field.required.empty()) field.type.set_required(false);
    SetNode result = use(field);
    if (target == nullptr) {
      if (field.type.required()) field.steady = true;
      return result;
    }
    // Shared with what clients select below the same field: a failing non-null field there must not take it away.
    sturdy_.insert(field.type.name);
    for (FieldDef& below : world_.type(field.type.name)->fields) {
      if (!random_.chance(40) || result.children.size() >= 2) continue;
      const bool leaf = world_.type(below.type.name) == nullptr;
      if (!leaf && depth >= 2) continue;
      SetNode child = required_node(below, depth + 1);
      if (!child.field.empty()) result.children.push_back(std::move(child));
    }
    if (result.children.empty()) return {};
    if (field.type.required()) field.steady = true;
    return result;
  }

  /// The same below a field of an abstract type: for some of its members, each with fields of its own.
  SetNode required_members(FieldDef& field, const TypeDef& target, unsigned depth) {
    SetNode result = use(field);
    sturdy_.insert(target.name);
    for (const std::string& member : target.members) {
      if (depth >= 2 || !random_.chance(60)) continue;
      SetNode part{.on = member, .field = {}, .arguments = {}, .given = {}, .children = {}};
      for (FieldDef& below : world_.type(member)->fields) {
        if (world_.type(below.type.name) != nullptr || !random_.chance(40) || part.children.size() >= 2) continue;
        SetNode child = required_node(below, depth + 1);
        // One response name cannot have two types: every leaf stands below one member only.
        const bool taken = std::ranges::any_of(result.children, [&](const SetNode& other) {
          return std::ranges::find(other.children, child.field, &SetNode::field) != other.children.end();
        });
        if (!child.field.empty() && !taken) part.children.push_back(std::move(child));
      }
      if (!part.children.empty()) result.children.push_back(std::move(part));
    }
    if (result.children.empty()) return {};
    if (field.type.required()) field.steady = true;
    return result;
  }

  void add_computed(TypeDef& type) {
    const size_t count = random_.below(4);
    for (size_t i = 0; i < count; ++i) {
      FieldSet required;
      for (FieldDef& field : type.fields) {
        const bool key = std::ranges::any_of(type.keys, [&](const FieldSet& set) {
          return std::ranges::find(set, field.name, &SetNode::field) != set.end();
        });
        if (key || !random_.chance(30) || required.size() >= 3) continue;
        SetNode wanted = required_node(field, 0);
        if (!wanted.field.empty()) required.push_back(std::move(wanted));
      }
      if (required.empty()) continue;
      const size_t dice = random_.below(10);
      FieldDef field = plain(fmt::format("c{}", i), {dice < 5 ? "String" : dice < 8 ? "Int" : random_.pick(entities_)});
      field.type.set_required(random_.chance(25));
      if (random_.chance(25)) field.arguments = arguments();
      field.required = std::move(required);
      type.fields.push_back(std::move(field));
    }
  }

  // A required non-null field that is computed could fail with its requirement, so computed ones stay nullable; stored
  // ones never fail, nor do those below them that would take them along.
  void make_sturdy(const std::string& name) {
    if (!done_.insert(name).second) return;
    for (const std::string& member : world_.type(name)->members) make_sturdy(member);
    for (FieldDef& field : world_.type(name)->fields) {
      if (!field.required.empty()) field.type.set_required(false);
      if (!field.type.required()) continue;
      field.steady = true;
      if (world_.type(field.type.name) != nullptr) make_sturdy(field.type.name);
    }
  }

  // --- roots

  void add_query() {
    TypeDef& query = *world_.type("Query");
    for (const std::string& name : entities_) {
      query.fields.push_back(plain("all" + name, wrapped(name)));
      query.fields.back().type.lists = std::max(1U, query.fields.back().type.lists);
      FieldDef one = plain("one" + name, {name, 0, random_.chance(20) ? 1U : 0U});
      if (random_.chance(60)) one.arguments = arguments();
      query.fields.push_back(std::move(one));
    }
    for (const std::string& name : abstracts_) query.fields.push_back(plain("any" + name, wrapped(name)));
    for (const std::string& name : values_) query.fields.push_back(plain("some" + name, wrapped(name)));
    add_fields("Query", random_.below(3));
  }

  void add_mutation() {
    add("Receipt", TypeKind::value);
    TypeDef& receipt = world_.types.back();
    receipt.fields = {plain("count", {"Int", 0, 1}), plain("entity", {random_.pick(entities_)})};
    receipt.fields[0].steady = true;
    if (random_.chance(40)) receipt.fields.push_back(plain("query", {"Query"}));
    add("Mutation", TypeKind::root);
    TypeDef& mutation = world_.types.back();
    const size_t count = random_.between(2, 4);
    for (size_t i = 0; i < count; ++i) {
      FieldDef field = plain(fmt::format("m{}", i), {"Int", 0, 1});
      field.steady = true;
      if (random_.chance(60)) field = plain(field.name, {"Receipt"});
      if (random_.chance(50)) field.arguments = arguments();
      mutation.fields.push_back(std::move(field));
    }
  }

  Random& random_;
  World world_;
  std::vector<std::string> entities_, values_, abstracts_;
  std::set<std::string> sturdy_, done_;
};

}  // namespace

World make_schema(Random& random) {
  return SchemaMaker(random).make();
}

}  // namespace signet::oracle
