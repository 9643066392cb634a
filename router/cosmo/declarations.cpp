#include "router/cosmo/declarations.hpp"

#include <fmt/format.h>

namespace signet::cosmo {

using graphql::Document;
using graphql::SchemaDefinition;
using graphql::TypeDefinition;

RootTypes root_types(const Document& document) {
  RootTypes roots;
  bool told = false;
  for (const SchemaDefinition& definition : document.schema_definitions) {
    const auto take = [&](std::string_view SchemaDefinition::* from, std::string_view RootTypes::* to) {
      if ((definition.*from).empty()) return;
      roots.*to = definition.*from;
      told = true;
    };
    take(&SchemaDefinition::query, &RootTypes::query);
    take(&SchemaDefinition::mutation, &RootTypes::mutation);
    take(&SchemaDefinition::subscription, &RootTypes::subscription);
  }
  if (told) return roots;
  for (const TypeDefinition& type : document.type_definitions) {
    if (type.name == "Query") roots.query = type.name;
    if (type.name == "Mutation") roots.mutation = type.name;
    if (type.name == "Subscription") roots.subscription = type.name;
  }
  return roots;
}

Declarations::Declarations(const ExecutionConfig& config, Problems& problems)
    : config_(config), roots_(root_types(*config.schema)) {
  for (const TypeDefinition& type : config.schema->type_definitions) kinds_.emplace(type.name, type.kind);
  for (const DataSource& source : config.sources) own_roots_.push_back(root_types(*source.schema));
  for (size_t i = 0; i < config.sources.size(); ++i) {
    for (const TypeDefinition& type : config.sources[i].schema->type_definitions) add(i, type, problems);
  }
}

void Declarations::add(size_t source, const TypeDefinition& type, Problems& problems) {
  const std::string_view name = routers_name(source, type.name);
  const auto kind = kinds_.find(name);
  if (kind == kinds_.end()) return;  // federation's own, or left out by composition
  const auto refuse = [&](std::string_view what) {
    problems.add(config_.sources[source].path,
                 fmt::format("subgraph \"{}\": type \"{}\" {}", config_.sources[source].name, type.name, what));
  };
  if (kind->second != type.kind) return refuse("is of another kind than in graphqlSchema");
  std::vector<Declaration>& declarations = types_[name];
  if (!declarations.empty() && declarations.back().source == source) return refuse("is declared twice");
  declarations.push_back({.source = source, .type = &type});
}

const std::vector<Declaration>& Declarations::of(std::string_view type) const {
  static const std::vector<Declaration> kNone;
  const auto found = types_.find(type);
  return found == types_.end() ? kNone : found->second;
}

std::string_view Declarations::routers_name(size_t source, std::string_view name) const {
  const RootTypes& own = own_roots_[source];
  if (name == own.query) return roots_.query;
  if (name == own.mutation) return roots_.mutation;
  if (name == own.subscription) return roots_.subscription;
  return name;
}

}  // namespace signet::cosmo
