#include "router/cosmo/client_view.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "router/cosmo/declarations.hpp"
#include "router/graphql/printer.hpp"

namespace signet::cosmo {
namespace {

using graphql::Document;
using graphql::FieldDefinition;
using graphql::NamedTypeId;
using graphql::TypeDefinition;
using graphql::TypeRefId;

constexpr std::string_view kClientSchema = "engineConfig.graphqlClientSchema";

template <class Node>
using ByName = std::unordered_map<std::string_view, const Node*>;

template <class Id>
auto by_name(const Document& document, Id first) {
  ByName<typename Document::Siblings<Id>::Node> out;
  for (const auto& [id, node] : document.each(first)) out.emplace(node.name, &node);
  return out;
}

class Comparison {
 public:
  Comparison(const Document& full, const Document& client, Problems& problems)
      : full_(full), client_(client), problems_(problems) {}

  Coordinates run() {
    for (const TypeDefinition& type : client_.type_definitions) client_types_.emplace(type.name, &type);
    size_t seen = 0;
    for (const TypeDefinition& type : full_.type_definitions) {
      const auto found = client_types_.find(type.name);
      if (found == client_types_.end()) {
        hidden_.insert(std::string(type.name));
        continue;
      }
      ++seen;
      compare_types(type, *found->second);
    }
    hide_directives();
    if (seen != client_types_.size()) differ("it has a type that graphqlSchema does not have");
    const RootTypes roots = root_types(full_), theirs = root_types(client_);
    compare_root("query", roots.query, theirs.query);
    compare_root("mutation", roots.mutation, theirs.mutation);
    compare_root("subscription", roots.subscription, theirs.subscription);
    return std::move(hidden_);
  }

 private:
  void differ(std::string message) { problems_.add(std::string(kClientSchema), std::move(message)); }

  void hide_directives() {
    std::unordered_set<std::string_view> known;
    for (const graphql::DirectiveDefinition& each : client_.directive_definitions) known.insert(each.name);
    for (const graphql::DirectiveDefinition& each : full_.directive_definitions) {
      if (!known.contains(each.name)) hidden_.insert(fmt::format("@{}", each.name));
    }
  }

  /// A root can be left out only together with its type, which hides all its fields.
  void compare_root(std::string_view operation, std::string_view full, std::string_view client) {
    if (full == client || (client.empty() && !client_types_.contains(full))) return;
    differ(fmt::format("its {} root is \"{}\", and \"{}\" in graphqlSchema", operation, client, full));
  }

  void compare_types(const TypeDefinition& full, const TypeDefinition& client) {
    if (full.kind != client.kind)
      return differ(fmt::format("\"{}\" is of another kind than in graphqlSchema", full.name));
    const auto fields = by_name(client_, client.first_field);
    const std::string of = fmt::format("{}.", full.name);
    compare(full_.each(full.first_field), fields, of, "",
            [this](const std::string& where, const FieldDefinition& mine, const FieldDefinition& theirs) {
              compare_type(where, mine.type, theirs.type);
              compare_inputs(mine.first_argument, theirs.first_argument, where + "(", ":)");
            });
    compare_inputs(full.first_input_field, client.first_input_field, of, "");
    compare(full_.each(full.first_enum_value), by_name(client_, client.first_enum_value), of, "",
            [](const auto&, const auto&, const auto&) {});
    compare_names(full.name, full.first_interface, client.first_interface);
    compare_names(full.name, full.first_member, client.first_member);
  }

  void compare_inputs(graphql::InputValueDefinitionId full, graphql::InputValueDefinitionId client,
                      const std::string& before, std::string_view after) {
    compare(full_.each(full), by_name(client_, client), before, after,
            [this](const std::string& where, const auto& mine, const auto& theirs) {
              compare_type(where, mine.type, theirs.type);
            });
  }

  /// Hides what `full` has beyond `client`, and calls `both(coordinate, full's, client's)` for the others.
  template <class List, class Map, class Both>
  void compare(const List& full, const Map& client, const std::string& before, std::string_view after, Both both) {
    size_t seen = 0;
    for (const auto& [id, node] : full) {
      std::string where = fmt::format("{}{}{}", before, node.name, after);
      const auto found = client.find(node.name);
      if (found == client.end()) {
        hidden_.insert(std::move(where));
        continue;
      }
      ++seen;
      both(where, node, *found->second);
    }
    if (seen == client.size()) return;
    differ(fmt::format("below \"{}\" it has more than graphqlSchema", before.substr(0, before.find_first_of(".("))));
  }

  void compare_type(const std::string& where, TypeRefId full, TypeRefId client) {
    if (graphql::print_type(full_, full) == graphql::print_type(client_, client)) return;
    differ(fmt::format("\"{}\" is of another type than in graphqlSchema", where));
  }

  /// Interfaces and union members: they can be left out only as types.
  void compare_names(std::string_view type, NamedTypeId full, NamedTypeId client) {
    const auto theirs = by_name(client_, client);
    size_t seen = 0;
    for (const auto& [id, name] : full_.each(full)) {
      if (theirs.contains(name.name)) {
        ++seen;
      } else if (client_types_.contains(name.name)) {
        differ(fmt::format("\"{}\" leaves out \"{}\", which clients see elsewhere; that is not supported", type,
                           name.name));
      }
    }
    if (seen != theirs.size()) differ(fmt::format("\"{}\" names more types than in graphqlSchema", type));
  }

  const Document& full_;
  const Document& client_;
  Problems& problems_;
  ByName<TypeDefinition> client_types_;
  Coordinates hidden_;
};

}  // namespace

Coordinates hidden_from_clients(const Document& full, const Document& client, Problems& problems) {
  return Comparison(full, client, problems).run();
}

}  // namespace signet::cosmo
