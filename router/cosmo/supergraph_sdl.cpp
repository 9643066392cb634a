#include "router/cosmo/supergraph_sdl.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "router/cosmo/client_view.hpp"
#include "router/cosmo/declarations.hpp"
#include "router/cosmo/execution_config.hpp"
#include "router/cosmo/input_fit.hpp"
#include "router/graphql/printer.hpp"

namespace signet::cosmo {
namespace {

using graphql::DirectiveId;
using graphql::Document;
using graphql::FieldDefinition;
using graphql::TypeDefinition;
using graphql::TypeKind;

constexpr std::string_view kSchemaPath = "engineConfig.graphqlSchema";

constexpr std::string_view kMachinery = R"(
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @inaccessible on ARGUMENT_DEFINITION | ENUM | ENUM_VALUE | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | INPUT_OBJECT | INTERFACE | OBJECT | SCALAR | UNION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on ENUM | INPUT_OBJECT | INTERFACE | OBJECT | SCALAR | UNION
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on INTERFACE | OBJECT
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
scalar join__FieldSet
scalar link__Import
enum link__Purpose { EXECUTION SECURITY }
)";

/// Where a client may write a directive; definitions for other places are not for clients.
constexpr std::array<std::string_view, 8> kClientLocations = {
    "QUERY",           "MUTATION",        "SUBSCRIPTION",       "FIELD", "FRAGMENT_DEFINITION",
    "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION"};

bool is_composite(TypeKind kind) {
  return kind == TypeKind::object || kind == TypeKind::interface || kind == TypeKind::union_;
}

std::string_view keyword(TypeKind kind) {
  constexpr std::array<std::string_view, 6> kWords = {"scalar", "type", "interface", "union", "enum", "input"};
  return kWords[static_cast<size_t>(kind)];
}

class SupergraphWriter {
 public:
  SupergraphWriter(const ExecutionConfig& config, Problems& problems)
      : config_(config), full_(*config.schema), problems_(problems), declarations_(config, problems) {
    if (config.client_schema) hidden_ = hidden_from_clients(full_, *config.client_schema, problems);
    for (const DataSource& source : config.sources) {
      auto& keys = keys_.emplace_back();
      for (const Key& key : source.keys) keys[key.type].push_back(&key);
    }
  }

  std::string write() {
    write_schema();
    out_ += kMachinery;
    write_graphs();
    write_directives();
    for (const TypeDefinition& type : full_.type_definitions) write_type(type);
    return std::move(out_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }
  void add_text(std::string_view before, std::string_view text, std::string_view after) {
    out_ += before;
    graphql::append_string_literal(out_, text);
    out_ += after;
  }
  void refuse(std::string message) { problems_.add(std::string(kSchemaPath), std::move(message)); }
  void refuse_in(size_t source, std::string message) {
    problems_.add(config_.sources[source].path,
                  fmt::format("subgraph \"{}\": {}", config_.sources[source].name, message));
  }

  void write_schema() {
    const RootTypes roots = root_types(full_);
    out_ +=
        "schema @link(url: \"https://specs.apollo.dev/link/v1.0\") "
        "@link(url: \"https://specs.apollo.dev/join/v0.3\", for: EXECUTION) "
        "@link(url: \"https://specs.apollo.dev/inaccessible/v0.2\", for: SECURITY) {\n";
    if (!roots.query.empty()) add("  query: {}\n", roots.query);
    if (!roots.mutation.empty()) add("  mutation: {}\n", roots.mutation);
    if (!roots.subscription.empty()) add("  subscription: {}\n", roots.subscription);
    out_ += "}\n";
  }

  void write_graphs() {
    out_ += "enum join__Graph {\n";
    for (size_t i = 0; i < config_.sources.size(); ++i) {
      add_text(fmt::format("  G{} @join__graph(name: ", i), config_.sources[i].name, ", url: ");
      add_text("", config_.sources[i].url, ")\n");
    }
    out_ += "}\n";
  }

  void write_directives() {
    for (const graphql::DirectiveDefinition& definition : full_.directive_definitions) {
      std::string locations;
      for (const auto& [id, location] : full_.each(definition.first_location)) {
        if (std::ranges::find(kClientLocations, location.name) == kClientLocations.end()) continue;
        locations += locations.empty() ? " on " : " | ";
        locations += location.name;
      }
      if (locations.empty() || definition.name == "skip" || definition.name == "include") continue;
      if (hidden_.contains(fmt::format("@{}", definition.name))) continue;
      describe(definition.description, "");
      add("directive @{}", definition.name);
      write_arguments(definition.first_argument, {});
      add("{}{}\n", definition.repeatable ? " repeatable" : "", locations);
    }
  }

  void describe(std::string_view text, std::string_view indent) {
    if (!text.empty()) add_text(indent, text, "\n");
  }

  /// @deprecated, @specifiedBy and @oneOf as they are; @inaccessible where clients must not see `coordinate`.
  void write_marks(DirectiveId first, const std::string& coordinate) {
    bool hidden = hidden_.contains(coordinate);
    for (const auto& [id, directive] : full_.each(first)) {
      hidden = hidden || directive.name == "inaccessible";
      if (directive.name != "deprecated" && directive.name != "specifiedBy" && directive.name != "oneOf") continue;
      add(" @{}", directive.name);
      const std::string arguments = graphql::print_arguments(full_, directive.first_argument);
      if (!arguments.empty()) add("({})", arguments);
    }
    if (hidden) out_ += " @inaccessible";
  }

  void write_input(const graphql::InputValueDefinition& input, const std::string& coordinate) {
    add("{}: {}", input.name, graphql::print_type(full_, input.type));
    if (input.default_value.valid()) add(" = {}", graphql::print_value(full_, input.default_value));
    write_marks(input.first_directive, coordinate);
  }

  void write_arguments(graphql::InputValueDefinitionId first, const std::string& coordinate) {
    if (!first.valid()) return;
    out_ += '(';
    for (const auto& [id, argument] : full_.each(first)) {
      if (id != first) out_ += ", ";
      if (!argument.description.empty()) add_text("", argument.description, " ");
      write_input(argument, fmt::format("{}({}:)", coordinate, argument.name));
    }
    out_ += ')';
  }

  void write_type(const TypeDefinition& type) {
    if (type.name.starts_with("join__") || type.name.starts_with("link__")) {
      return refuse(fmt::format("the name of type \"{}\" is reserved", type.name));
    }
    const std::vector<Declaration>& declared = declarations_.of(type.name);
    if (declared.empty() && is_composite(type.kind)) {
      return refuse(fmt::format("no subgraph declares \"{}\"", type.name));
    }
    describe(type.description, "");
    add("{} {}", keyword(type.kind), type.name);
    std::string_view before = " implements ";
    for (const auto& [id, interface] : full_.each(type.first_interface)) {
      add("{}{}", before, interface.name);
      before = " & ";
    }
    for (const Declaration& declaration : declared) write_join(type, declaration);
    write_marks(type.first_directive, std::string(type.name));
    write_body(type, declared);
    out_ += '\n';
  }

  /// That a subgraph has the type: with each of its keys, and with the types that it is joined to there.
  void write_join(const TypeDefinition& type, const Declaration& declaration) {
    const size_t source = declaration.source;
    const Document& own = *config_.sources[source].schema;
    const auto keys = keys_[source].find(type.name);
    if (keys == keys_[source].end()) {
      add("\n  @join__type(graph: G{})", source);
    } else {
      for (const Key* key : keys->second) {
        add_text(fmt::format("\n  @join__type(graph: G{}, key: ", source), key->set,
                 key->resolvable ? ")" : ", resolvable: false)");
      }
    }
    for (const auto& [id, interface] : own.each(declaration.type->first_interface)) {
      if (declarations_.of(interface.name).empty()) continue;
      add("\n  @join__implements(graph: G{}, interface: \"{}\")", source, interface.name);
    }
    for (const auto& [id, member] : own.each(declaration.type->first_member)) {
      const std::string_view name = declarations_.routers_name(source, member.name);
      if (declarations_.of(name).empty()) continue;
      add("\n  @join__unionMember(graph: G{}, member: \"{}\")", source, name);
    }
    if (type.kind == TypeKind::input_object) {
      check_inputs(source, type.name, {full_, type.first_input_field}, {own, declaration.type->first_input_field});
    }
  }

  void check_inputs(size_t source, std::string_view where, const Inputs& offered, const Inputs& taken) {
    if (const auto why = misfit(offered, taken)) refuse_in(source, fmt::format("\"{}\": {}", where, *why));
  }

  void write_body(const TypeDefinition& type, const std::vector<Declaration>& declared) {
    switch (type.kind) {
      case TypeKind::scalar:
        return;
      case TypeKind::union_: {
        std::string_view before = "\n  = ";
        for (const auto& [id, member] : full_.each(type.first_member)) {
          add("{}{}", before, member.name);
          before = " | ";
        }
        return;
      }
      case TypeKind::enum_:
        out_ += " {\n";
        for (const auto& [id, value] : full_.each(type.first_enum_value)) {
          describe(value.description, "  ");
          add("  {}", value.name);
          write_marks(value.first_directive, fmt::format("{}.{}", type.name, value.name));
          out_ += '\n';
        }
        break;
      case TypeKind::input_object:
        out_ += " {\n";
        for (const auto& [id, input] : full_.each(type.first_input_field)) {
          describe(input.description, "  ");
          out_ += "  ";
          write_input(input, fmt::format("{}.{}", type.name, input.name));
          out_ += '\n';
        }
        break;
      case TypeKind::object:
      case TypeKind::interface:
        out_ += " {\n";
        write_fields(type, declared);
        break;
    }
    out_ += '}';
  }

  struct FieldDeclaration {
    size_t source;
    const FieldDefinition* field;
  };

  void write_fields(const TypeDefinition& type, const std::vector<Declaration>& declared) {
    std::unordered_map<std::string_view, std::vector<FieldDeclaration>> declared_fields;
    for (const Declaration& declaration : declared) {
      const Document& own = *config_.sources[declaration.source].schema;
      for (const auto& [id, field] : own.each(declaration.type->first_field)) {
        declared_fields[field.name].push_back({.source = declaration.source, .field = &field});
      }
    }
    for (const auto& [id, field] : full_.each(type.first_field)) {
      const std::string where = fmt::format("{}.{}", type.name, field.name);
      describe(field.description, "  ");
      add("  {}", field.name);
      write_arguments(field.first_argument, where);
      add(": {}", graphql::print_type(full_, field.type));
      bool resolved = false;
      for (const FieldDeclaration& declaration : declared_fields[field.name]) {
        resolved |= write_field_join(type, field, declaration);
      }
      if (!resolved) refuse(fmt::format("no subgraph resolves \"{}\"", where));
      write_marks(field.first_directive, where);
      out_ += '\n';
    }
  }

  /// True when the subgraph resolves the field. One that it declares and does not list has moved to another.
  bool write_field_join(const TypeDefinition& type, const FieldDefinition& field, const FieldDeclaration& declaration) {
    const DataSource& source = config_.sources[declaration.source];
    const FieldFacts* facts = source.find(std::string(type.name), std::string(field.name));
    const bool external = facts != nullptr && facts->external;
    const bool resolved = facts != nullptr ? facts->resolved : type.kind == TypeKind::interface;
    add(" @join__field(graph: G{}", declaration.source);
    const std::string local = local_type(declaration), type_text = graphql::print_type(full_, field.type);
    if (local != type_text) add(", type: \"{}\"", local);
    if (external) out_ += ", external: true";
    if (!external && !resolved) out_ += ", usedOverridden: true";
    if (resolved) {
      if (!facts_set(facts, &FieldFacts::requires_set).empty()) add_text(", requires: ", facts->requires_set, "");
      if (!facts_set(facts, &FieldFacts::provides_set).empty()) add_text(", provides: ", facts->provides_set, "");
      check_inputs(declaration.source, fmt::format("{}.{}", type.name, field.name), {full_, field.first_argument},
                   {*source.schema, declaration.field->first_argument});
    }
    out_ += ')';
    return resolved;
  }

  static std::string_view facts_set(const FieldFacts* facts, std::string FieldFacts::* set) {
    return facts == nullptr ? std::string_view() : std::string_view(facts->*set);
  }

  /// As print_type(), in the router's names.
  std::string local_type(const FieldDeclaration& declaration) const {
    const Document& own = *config_.sources[declaration.source].schema;
    std::string text = graphql::print_type(own, declaration.field->type);
    const size_t begin = text.find_first_not_of('['), end = std::min(text.find_first_of("!]"), text.size());
    const std::string_view name = std::string_view(text).substr(begin, end - begin);
    const std::string_view routers = declarations_.routers_name(declaration.source, name);
    if (routers != name) text.replace(begin, end - begin, routers);
    return text;
  }

  const ExecutionConfig& config_;
  const Document& full_;
  Problems& problems_;
  Declarations declarations_;
  Coordinates hidden_;
  std::vector<std::unordered_map<std::string_view, std::vector<const Key*>>> keys_;  ///< by source, by type
  std::string out_;
};

}  // namespace

bool is_execution_config(std::string_view artifact) {
  const size_t first = artifact.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && artifact[first] == '{';
}

std::expected<std::string, std::vector<ConfigError>> supergraph_of_execution_config(std::string_view json) {
  Problems problems;
  const auto document = json::Document::parse(json);
  if (!document) {
    problems.add("", "is not JSON: " + document.error().message);
    return std::unexpected(problems.take());
  }
  const ExecutionConfig config = read_execution_config(*document, json.size(), problems);
  if (!problems.none()) return std::unexpected(problems.take());
  std::string sdl = SupergraphWriter(config, problems).write();
  if (!problems.none()) return std::unexpected(problems.take());
  return sdl;
}

}  // namespace signet::cosmo
