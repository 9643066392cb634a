// The SDL of a split: each subgraph as its authors write it, and the supergraph with the directives of the join spec.

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/oracle/split.hpp"

namespace signet::oracle {

namespace {

constexpr std::string_view kJoinHeader = R"(schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
{{
  query: Query{}
}}
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
scalar join__FieldSet
scalar link__Import
enum link__Purpose {{ SECURITY EXECUTION }}
)";

std::string quoted(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return "\"" + escaped + "\"";
}

std::string signature(const FieldDef& field) {
  std::string text = field.name;
  for (size_t i = 0; i < field.arguments.size(); ++i) {
    const ArgumentDef& argument = field.arguments[i];
    text += fmt::format("{}{}: {}", i == 0 ? "(" : ", ", argument.name, argument.type.print());
    if (!argument.default_value.empty()) text += " = " + argument.default_value;
  }
  return fmt::format("{}{}: {}", text, field.arguments.empty() ? "" : ")", field.type.print());
}

std::string graph(size_t service) {
  return "S" + std::to_string(service);
}

size_t owners(const Split& split, std::string_view type, std::string_view field) {
  return static_cast<size_t>(std::ranges::count_if(split.services, [&](const Service& service) {
    const Part* part = service.part(type);
    return part != nullptr && part->resolves.contains(field);
  }));
}

/// The subgraph whose field was taken over, or none.
std::string overridden_in(const Split& split, std::string_view type, std::string_view field) {
  for (size_t i = 0; i < split.services.size(); ++i) {
    const Part* part = split.services[i].part(type);
    if (part != nullptr && part->overridden.contains(field)) return Split::name(i);
  }
  return {};
}

/// The join lines of one field.
std::string field_lines(const Split& split, const TypeDef& type, const FieldDef& field) {
  std::string lines;
  bool needed = split.spelled.contains(type.name + "." + field.name);
  const std::string taken_from = overridden_in(split, type.name, field.name);
  for (size_t i = 0; i < split.services.size(); ++i) {
    const Part* part = split.services[i].part(type.name);
    if (part == nullptr) continue;
    std::string more;
    if (part->resolves.contains(field.name)) {
      if (part->represented.contains(field.name)) more += ", requires: " + quoted(print_set(field.required));
      const auto granted = part->provides.find(field.name);
      if (granted != part->provides.end()) more += ", provides: " + quoted(print_set(granted->second));
      if (!taken_from.empty()) more += ", override: " + quoted(taken_from);
    } else if (part->external.contains(field.name)) {
      more = ", external: true";
    } else if (part->overridden.contains(field.name) && split.used_overridden.contains(type.name + "." + field.name)) {
      more = ", usedOverridden: true";
    } else {
      needed = true;
      continue;
    }
    needed = needed || !more.empty();
    lines += fmt::format(" @join__field(graph: {}{})", graph(i), more);
  }
  return needed ? lines : std::string();
}

std::string key_lines(const Split& split, const TypeDef& type) {
  std::string lines;
  for (size_t i = 0; i < split.services.size(); ++i) {
    const Part* part = split.services[i].part(type.name);
    if (part == nullptr) continue;
    if (part->keys.empty()) lines += fmt::format(" @join__type(graph: {})", graph(i));
    for (const KeyUse& use : part->keys) {
      lines += fmt::format(" @join__type(graph: {}, key: {}{})", graph(i), quoted(print_set(type.keys[use.key])),
                           use.resolvable ? "" : ", resolvable: false");
    }
  }
  return lines;
}

/// For each subgraph that has the abstract type `name`, a line.
std::string member_lines(const Split& split, std::string_view name, std::string_view format_of_line,
                         const std::string& argument) {
  std::string lines;
  for (size_t i = 0; i < split.services.size(); ++i) {
    if (split.services[i].part(name) == nullptr) continue;
    lines += fmt::format(fmt::runtime(format_of_line), graph(i), argument);
  }
  return lines;
}

/// `type X implements I & J`, and in the supergraph the lines that say where.
std::string type_head(const World& world, const Split& split, const TypeDef& type, const Service* service) {
  std::vector<std::string> interfaces = world.interfaces_of(type.name);
  if (service != nullptr) {
    std::erase_if(interfaces, [&](const std::string& name) { return service->part(name) == nullptr; });
  }
  std::string head = fmt::format("{} {}{}{}", type.abstract() ? "interface" : "type", type.name,
                                 interfaces.empty() ? "" : " implements ", fmt::join(interfaces, " & "));
  if (service != nullptr) return head;
  for (const std::string& name : interfaces) {
    head += member_lines(split, name, " @join__implements(graph: {}, interface: \"{}\")", name);
  }
  return head;
}

std::string shared_types(const Split& split) {
  std::string types, values;
  for (size_t i = 0; i < split.services.size(); ++i) {
    types += fmt::format(" @join__type(graph: {})", graph(i));
    values += fmt::format(" @join__enumValue(graph: {})", graph(i));
  }
  return fmt::format(
      "scalar Blob{0}\nenum Color{0} {{ RED{1} GREEN{1} BLUE{1} }}\ninput Filter{0} {{ text: String = \"d\" limits: "
      "[Int!] nested: Filter blob: Blob color: Color = RED id: ID }}\n",
      types, values);
}

}  // namespace

std::string print_subgraph(const World& world, const Split& split, size_t service) {
  std::string sdl(kLeafSdl);
  for (const auto& [name, part] : split.services[service].parts) {
    const TypeDef& type = *world.type(name);
    if (type.kind == TypeKind::union_) {
      sdl += fmt::format("union {} = {}\n", name, fmt::join(type.members, " | "));
      continue;
    }
    sdl += type_head(world, split, type, &split.services[service]);
    for (const KeyUse& use : part.keys) {
      sdl += fmt::format(" @key(fields: {}{})", quoted(print_set(type.keys[use.key])),
                         use.resolvable ? "" : ", resolvable: false");
    }
    if (type.kind == TypeKind::value) sdl += " @shareable";
    std::string fields;
    for (const FieldDef& field : type.fields) {
      if (!part.has(field.name)) continue;
      fields += "  " + signature(field);
      if (part.external.contains(field.name)) fields += " @external";
      if (part.resolves.contains(field.name) && type.kind != TypeKind::value && !type.abstract() &&
          owners(split, name, field.name) > 1) {
        fields += " @shareable";
      }
      if (part.represented.contains(field.name)) {
        fields += fmt::format(" @requires(fields: {})", quoted(print_set(field.required)));
      }
      const auto granted = part.provides.find(field.name);
      if (granted != part.provides.end()) {
        fields += fmt::format(" @provides(fields: {})", quoted(print_set(granted->second)));
      }
      const std::string taken_from = overridden_in(split, name, field.name);
      if (part.resolves.contains(field.name) && !taken_from.empty()) {
        fields += fmt::format(" @override(from: {})", quoted(taken_from));
      }
      fields += "\n";
    }
    sdl += fields.empty() ? "\n" : fmt::format(" {{\n{}}}\n", fields);
  }
  return sdl;
}

std::string print_supergraph(const World& world, const Split& split) {
  const bool mutations = world.type("Mutation") != nullptr;
  std::string sdl = fmt::format(kJoinHeader, mutations ? "\n  mutation: Mutation" : "");
  sdl += "enum join__Graph {\n";
  for (size_t i = 0; i < split.services.size(); ++i) {
    sdl += fmt::format("  {} @join__graph(name: \"{}\", url: \"http://{}.test/\")\n", graph(i), Split::name(i),
                       Split::name(i));
  }
  sdl += "}\n" + shared_types(split);
  for (const std::string& name : split.order) {
    const TypeDef& type = *world.type(name);
    const std::string keys = key_lines(split, type);
    if (keys.empty()) continue;  // no subgraph refers to it
    if (type.kind == TypeKind::union_) {
      sdl += fmt::format("union {}{}", name, keys);
      for (const std::string& member : type.members) {
        sdl += member_lines(split, name, " @join__unionMember(graph: {}, member: \"{}\")", member);
      }
      sdl += fmt::format(" = {}\n", fmt::join(type.members, " | "));
      continue;
    }
    sdl += fmt::format("{}{} {{\n", type_head(world, split, type, nullptr), keys);
    for (const FieldDef& field : type.fields) {
      sdl += fmt::format("  {}{}\n", signature(field), field_lines(split, type, field));
    }
    sdl += "}\n";
  }
  return sdl;
}

}  // namespace signet::oracle
