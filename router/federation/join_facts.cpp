#include "router/federation/join_facts.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/sort_unique.hpp"
#include "router/federation/old_joins.hpp"

namespace signet::federation {

using graphql::Argument;
using graphql::Directive;
using graphql::DirectiveId;
using graphql::Document;
using graphql::TypeDefinition;
using graphql::TypeKind;
using graphql::ValueKind;
using schema::Schema;

namespace {

class JoinReader {
 public:
  JoinReader(const Document& document, const Schema& schema, const LinkSpecs& specs, std::vector<LoadError>& errors)
      : document_(document),
        schema_(schema),
        errors_(errors),
        version_(specs.find("join")->version),
        type_(specs.directive("join", "type")),
        field_(specs.directive("join", "field")),
        graph_(specs.directive("join", "graph")),
        implements_(specs.directive("join", "implements")),
        member_(specs.directive("join", "unionMember")),
        owner_(specs.directive("join", "owner")),
        pass_through_(specs.directive("join", "directive")),
        graph_enum_(specs.type("join", "Graph")) {}

  JoinFacts read() {
    facts_.subgraphs_of.resize(schema_.types.size());
    ownership_.owners.resize(schema_.types.size());
    read_subgraphs();
    for (const TypeDefinition& definition : document_.type_definitions) read_type(definition);
    facts_.tells_externals = version_ != "v0.1";
    if (version_ == "v0.1") complete_ownership(document_, schema_, ownership_, facts_, errors_);
    for (auto& subgraphs : facts_.subgraphs_of) {
      sort_unique(subgraphs);
    }
    if (version_ == "v0.2") complete_union_members(schema_, facts_);
    // What only follows from another refusal is not refused again.
    if (errors_.empty() && check_roots() && version_ != "v0.1") check_mentions();
    for (auto& [key, types] : facts_.members) std::ranges::sort(types);
    std::ranges::sort(facts_.types, {}, [](const JoinTypeLine& line) { return std::pair(line.type, line.offset); });
    std::ranges::sort(facts_.fields, {}, [](const JoinField& line) { return std::pair(line.field, line.offset); });
    return std::move(facts_);
  }

 private:
  /// A line about types of a subgraph, which has to have them.
  struct Mention {
    SubgraphId subgraph;
    TypeId type, other = {};  ///< `other` may be invalid
    FieldId field = {};       ///< that has the line; else `on` has it
    TypeId on = {};
    std::string_view directive;
    uint32_t offset = 0;
  };

  void refuse(std::string message, uint32_t offset) {
    errors_.push_back({std::move(message), document_.position(offset)});
  }

  std::string_view text(const Directive& directive, std::string_view name) const {
    const Argument* argument = document_.find_argument(directive.first_argument, name);
    if (argument == nullptr || document_[argument->value].kind == ValueKind::null) return {};
    return document_[argument->value].text;
  }
  bool flag(const Directive& directive, std::string_view name, bool otherwise) const {
    const Argument* argument = document_.find_argument(directive.first_argument, name);
    if (argument == nullptr || document_[argument->value].kind != ValueKind::boolean) return otherwise;
    return document_[argument->value].text == "true";
  }

  /// The subgraph that `graph:` names; an error when it names none.
  SubgraphId graph(const Directive& directive) {
    const std::string_view id = text(directive, "graph");
    for (size_t i = 0; i < facts_.subgraphs.size(); ++i) {
      if (facts_.subgraphs[SubgraphId(i)].enum_id == id) return SubgraphId(i);
    }
    refuse(fmt::format("@{}(graph: {}) names no value of enum {}", directive.name, id, graph_enum_), directive.offset);
    return {};
  }

  void read_subgraphs() {
    for (const TypeDefinition& definition : document_.type_definitions) {
      if (definition.kind != TypeKind::enum_ || definition.name != graph_enum_) continue;
      for (auto [id, value] : document_.each(definition.first_enum_value)) {
        Subgraph subgraph{.enum_id = std::string(value.name), .name = std::string(value.name), .url = {}};
        for (auto [directive_id, directive] : document_.each(value.first_directive)) {
          if (directive.name != graph_) continue;
          subgraph.name = text(directive, "name");
          subgraph.url = text(directive, "url");
        }
        check_name(subgraph, value.offset);
        facts_.subgraphs.push_back(std::move(subgraph));
      }
    }
    if (facts_.subgraphs.empty()) refuse(fmt::format("enum {} lists no subgraph", graph_enum_), 0);
  }

  void check_name(const Subgraph& subgraph, uint32_t offset) {
    for (size_t i = 0; i < facts_.subgraphs.size(); ++i) {
      const Subgraph& known = facts_.subgraphs[SubgraphId(i)];
      if (known.name != subgraph.name) continue;
      return refuse(fmt::format("enum {} names subgraph \"{}\" twice: {} and {}", graph_enum_, known.name,
                                known.enum_id, subgraph.enum_id),
                    offset);
    }
  }

  /// Without the root types nothing is reachable, and nothing would be missed.
  bool check_roots() {
    const size_t errors_before = errors_.size();
    for (const TypeDefinition& definition : document_.type_definitions) {
      const TypeId type = schema_.find_any_type(definition.name);
      if (!type || (type != schema_.query_type && type != schema_.mutation_type)) continue;
      if (!facts_.subgraphs_of[type.value()].empty()) continue;
      refuse(fmt::format("no subgraph has the {} type \"{}\"", type == schema_.query_type ? "query" : "mutation",
                         definition.name),
             definition.offset);
    }
    return errors_.size() == errors_before;
  }

  void check_mentions() {
    for (const Mention& mention : mentions_) {
      for (TypeId type : {mention.type, mention.other}) {
        if (!type || facts_.joined(type, mention.subgraph)) continue;
        const std::string where =
            mention.field ? field_text(mention.field) : std::string(schema_.type_name(mention.on));
        refuse(fmt::format("@{} on \"{}\" names subgraph \"{}\", but \"{}\" is not joined to it", mention.directive,
                           where, facts_.subgraphs[mention.subgraph].name, schema_.type_name(type)),
               mention.offset);
        break;
      }
    }
  }

  void read_type(const TypeDefinition& definition) {
    const TypeId type = schema_.find_any_type(definition.name);
    if (!type) return;
    for (auto [id, directive] : document_.each(definition.first_directive)) {
      if (directive.name == type_) {
        read_join_type(type, definition, directive);
      } else if (directive.name == implements_) {
        read_member(schema_.find_any_type(text(directive, "interface")), type, directive);
      } else if (directive.name == member_) {
        read_member(type, schema_.find_any_type(text(directive, "member")), directive);
      } else if (directive.name == owner_) {
        ownership_.owners[type.value()] = graph(directive);
      } else {
        refuse_pass_through(directive);
      }
    }
    if (definition.kind != TypeKind::object && definition.kind != TypeKind::interface) return;
    for (auto [id, field] : document_.each(definition.first_field)) read_field(type, definition, field);
  }

  void refuse_pass_through(const Directive& directive) {
    if (directive.name == pass_through_) {
      refuse(fmt::format("@{}(name: \"{}\") is not supported", directive.name, text(directive, "name")),
             directive.offset);
    }
  }

  void read_join_type(TypeId type, const TypeDefinition& definition, const Directive& directive) {
    const SubgraphId subgraph = graph(directive);
    if (!subgraph) return;
    if (flag(directive, "isInterfaceObject", false)) {
      refuse(fmt::format("@interfaceObject on \"{}\" in subgraph \"{}\" is not supported", definition.name,
                         facts_.subgraphs[subgraph].name),
             directive.offset);
      return;
    }
    facts_.subgraphs_of[type.value()].push_back(subgraph);
    facts_.types.push_back({.type = type,
                            .subgraph = subgraph,
                            .key = text(directive, "key"),
                            .resolvable = flag(directive, "resolvable", true),
                            .offset = directive.offset});
  }

  void read_member(TypeId abstract, TypeId object, const Directive& directive) {
    const SubgraphId subgraph = graph(directive);
    if (!subgraph) return;
    if (!abstract || !object) {
      refuse(fmt::format("@{} names an unknown type", directive.name), directive.offset);
      return;
    }
    mentions_.push_back({.subgraph = subgraph,
                         .type = object,
                         .other = abstract,
                         .on = directive.name == member_ ? abstract : object,
                         .directive = directive.name,
                         .offset = directive.offset});
    if (schema_.types[object].kind != TypeKind::object) return;  // an interface of an interface: objects repeat it
    facts_.members[{abstract, subgraph}].push_back(object);
  }

  void read_field(TypeId type, const TypeDefinition& definition, const graphql::FieldDefinition& field) {
    const size_t lines_before = facts_.fields.size();
    for (auto [id, directive] : document_.each(field.first_directive)) {
      refuse_pass_through(directive);
      if (directive.name != field_) continue;
      const std::string where = fmt::format("\"{}.{}\"", definition.name, field.name);
      for (std::string_view unsupported : {"overrideLabel", "contextArguments"}) {
        const Argument* argument = document_.find_argument(directive.first_argument, unsupported);
        if (argument == nullptr || document_[argument->value].kind == ValueKind::null) continue;
        refuse(fmt::format("@{}({}:) on {} is not supported: {}", directive.name, unsupported, where,
                           unsupported == "overrideLabel" ? "progressive @override" : "@fromContext"),
               directive.offset);
      }
      JoinField line;
      line.field = schema_.find_any_field(type, field.name);
      line.local_type = text(directive, "type");
      line.requires_set = text(directive, "requires");
      line.provides_set = text(directive, "provides");
      line.external = flag(directive, "external", false);
      line.used_overridden = flag(directive, "usedOverridden", false);
      line.offset = directive.offset;
      if (!text(directive, "graph").empty()) {
        line.subgraph = graph(directive);
        if (line.subgraph) bind(std::move(line), lines_before, directive);
      } else if (version_ == "v0.1") {
        ownership_.unbound.push_back(std::move(line));
      } else {
        refuse(fmt::format("@{} without graph on {} is not supported: the field comes from an @interfaceObject",
                           directive.name, where),
               directive.offset);
      }
    }
  }

  /// The lines of the same field start at `lines_before`.
  void bind(JoinField line, size_t lines_before, const Directive& directive) {
    for (size_t i = lines_before; i < facts_.fields.size(); ++i) {
      if (facts_.fields[i].subgraph != line.subgraph) continue;
      return refuse(fmt::format("@{} on \"{}\" names subgraph \"{}\" twice", directive.name, field_text(line.field),
                                facts_.subgraphs[line.subgraph].name),
                    directive.offset);
    }
    mentions_.push_back({.subgraph = line.subgraph,
                         .type = schema_.fields[line.field].parent,
                         .field = line.field,
                         .directive = directive.name,
                         .offset = directive.offset});
    facts_.fields.push_back(std::move(line));
  }

  std::string field_text(FieldId field) const {
    return fmt::format("{}.{}", schema_.type_name(schema_.fields[field].parent), schema_.field_name(field));
  }

  const Document& document_;
  const Schema& schema_;
  std::vector<LoadError>& errors_;
  std::vector<Mention> mentions_;
  std::string_view version_;  ///< of join: "v0.3"
  std::string type_, field_, graph_, implements_, member_, owner_, pass_through_, graph_enum_;
  Ownership ownership_;
  JoinFacts facts_;
};

}  // namespace

std::vector<TypeId> JoinFacts::possible(SubgraphId subgraph, TypeId type) const {
  const auto found = members.find({type, subgraph});
  return found == members.end() ? std::vector<TypeId>() : found->second;
}

bool JoinFacts::joined(TypeId type, SubgraphId subgraph) const {
  return std::ranges::binary_search(subgraphs_of[type.value()], subgraph);
}

JoinFacts read_join_facts(const Document& document, const Schema& schema, const LinkSpecs& specs,
                          std::vector<LoadError>& errors) {
  return JoinReader(document, schema, specs, errors).read();
}

}  // namespace signet::federation
