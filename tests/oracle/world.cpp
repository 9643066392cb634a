#include "tests/oracle/world.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>

namespace signet::oracle {

std::string TypeUse::print() const {
  std::string text = name + ((non_null & 1U) != 0 ? "!" : "");
  for (unsigned i = 1; i <= lists; ++i) text = fmt::format("[{}]{}", text, (non_null >> i & 1U) != 0 ? "!" : "");
  return text;
}

std::string print_set(const FieldSet& set) {
  std::string text;
  for (const SetNode& node : set) {
    if (!text.empty()) text += ' ';
    text += node.on.empty() ? node.field : "... on " + node.on;
    if (!node.arguments.empty()) text += fmt::format("({})", node.arguments);
    if (!node.children.empty()) text += fmt::format(" {{ {} }}", print_set(node.children));
  }
  return text;
}

const FieldDef* TypeDef::field(std::string_view wanted) const {
  const auto found = std::ranges::find(fields, wanted, &FieldDef::name);
  return found == fields.end() ? nullptr : &*found;
}

FieldDef* TypeDef::field(std::string_view wanted) {
  const auto found = std::ranges::find(fields, wanted, &FieldDef::name);
  return found == fields.end() ? nullptr : &*found;
}

const TypeDef* World::type(std::string_view name) const {
  const auto found = std::ranges::find(types, name, &TypeDef::name);
  return found == types.end() ? nullptr : &*found;
}

TypeDef* World::type(std::string_view name) {
  const auto found = std::ranges::find(types, name, &TypeDef::name);
  return found == types.end() ? nullptr : &*found;
}

std::vector<size_t> World::rows_of(std::string_view wanted) const {
  std::vector<size_t> numbers;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].type == wanted) numbers.push_back(i);
  }
  return numbers;
}

std::vector<std::string> World::interfaces_of(std::string_view wanted) const {
  std::vector<std::string> names;
  for (const TypeDef& each : types) {
    if (each.kind == TypeKind::interface && std::ranges::find(each.members, wanted) != each.members.end()) {
      names.push_back(each.name);
    }
  }
  return names;
}

demo::Value reference(std::string_view type, size_t number) {
  auto object = std::make_shared<demo::Object>();
  object->type = type;
  object->fields.emplace_back("#", static_cast<int64_t>(number));
  return std::shared_ptr<const demo::Object>(std::move(object));
}

World make_world(uint64_t seed) {
  Random random(seed);
  World world = make_schema(random);
  fill_world(world, random);
  return world;
}

std::string print_monolith(const World& world) {
  std::string sdl(kLeafSdl);
  for (const TypeDef& type : world.types) {
    if (type.kind == TypeKind::union_) {
      sdl += fmt::format("union {} = {}\n", type.name, fmt::join(type.members, " | "));
      continue;
    }
    const std::vector<std::string> interfaces = world.interfaces_of(type.name);
    sdl += fmt::format("{} {}{}{} {{\n", type.abstract() ? "interface" : "type", type.name,
                       interfaces.empty() ? "" : " implements ", fmt::join(interfaces, " & "));
    for (const FieldDef& field : type.fields) {
      sdl += "  " + field.name;
      std::string arguments;
      for (const ArgumentDef& argument : field.arguments) {
        if (!arguments.empty()) arguments += ", ";
        arguments += fmt::format("{}: {}", argument.name, argument.type.print());
        if (!argument.default_value.empty()) arguments += " = " + argument.default_value;
      }
      if (!arguments.empty()) sdl += fmt::format("({})", arguments);
      sdl += fmt::format(": {}\n", field.type.print());
    }
    sdl += "}\n";
  }
  return sdl;
}

}  // namespace signet::oracle
