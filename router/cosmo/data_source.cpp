#include "router/cosmo/data_source.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "router/graphql/parser.hpp"

namespace signet::cosmo {
namespace {

using json::NodeId;

/// Directives that a subgraph asks the router to enforce or to act on.
constexpr std::array<std::string_view, 4> kDemands = {"authenticated", "requiresScopes", "policy", "interfaceObject"};

class SourceReader {
 public:
  SourceReader(const MessageReader& reader, NodeId node, const std::string& path) : reader_(reader), node_(node) {
    source_.path = path;
  }

  DataSource read(SharedParts& shared) {
    if (!read_identity(shared.subgraphs)) return std::move(source_);
    refuse_unsupported();
    read_nodes("rootNodes");
    read_nodes("childNodes");
    read_keys();
    read_field_sets("requires", &FieldFacts::requires_set);
    read_field_sets("provides", &FieldFacts::provides_set);
    read_graphql(shared);
    return std::move(source_);
  }

 private:
  void refuse(std::string path, std::string_view what) {
    reader_.problems().add(std::move(path), fmt::format("subgraph \"{}\": {}", source_.name, what));
  }
  std::string at(std::string_view name) const { return member_path(source_.path, name); }

  bool read_identity(const ListedSubgraphs& subgraphs) {
    const std::string id = reader_.text(node_, "id", source_.path);
    const auto listed = subgraphs.find(id);
    if (listed == subgraphs.end()) {
      reader_.problems().add(at("id"), fmt::format("no member of subgraphs has the id \"{}\"", id));
      return false;
    }
    source_.name = listed->second.name;
    source_.url = listed->second.routing_url;
    const auto kind = reader_.enumeration(node_, "kind", source_.path, {"STATIC", "GRAPHQL", "PUBSUB"});
    if (kind && *kind != 1) {
      refuse(at("kind"),
             fmt::format("data sources of kind {} are not supported", *kind == 0 ? "STATIC" : "PUBSUB (events)"));
    }
    return kind == 1;
  }

  void refuse_unsupported() {
    if (reader_.has_content(node_, "customEvents", source_.path)) {
      refuse(at("customEvents"), "events are not supported");
    }
    if (reader_.has_content(node_, "directives", source_.path)) {
      refuse(at("directives"), "renamed directives are not supported");
    }
    reader_.each(node_, "interfaceObjects", source_.path, [&](NodeId item, const std::string& path) {
      refuse(path,
             fmt::format("@interfaceObject on \"{}\" is not supported", reader_.text(item, "interfaceTypeName", path)));
    });
  }

  void read_nodes(std::string_view list) {
    reader_.each(node_, list, source_.path, [&](NodeId item, const std::string& path) {
      const std::string type = reader_.text(item, "typeName", path);
      auto& fields = source_.fields[type];
      const auto mark = [&](std::string_view names, bool FieldFacts::* fact, bool FieldFacts::* other) {
        for (const std::string& name : reader_.texts(item, names, path)) {
          FieldFacts& facts = fields[name];
          facts.*fact = true;
          if (facts.*other) refuse(path, fmt::format("\"{}.{}\" is both resolved and external", type, name));
        }
      };
      mark("fieldNames", &FieldFacts::resolved, &FieldFacts::external);
      mark("externalFieldNames", &FieldFacts::external, &FieldFacts::resolved);
      for (const std::string& name : reader_.texts(item, "requireFetchReasonsFieldNames", path)) {
        refuse(path, fmt::format("fetch reasons, which \"{}.{}\" requires, are not supported", type, name));
      }
    });
  }

  void read_keys() {
    reader_.each(node_, "keys", source_.path, [&](NodeId item, const std::string& path) {
      Key key{.type = reader_.text(item, "typeName", path),
              .set = reader_.text(item, "selectionSet", path),
              .resolvable = !reader_.boolean(item, "disableEntityResolver", path)};
      if (key.set.empty()) refuse(path, fmt::format("a key of \"{}\" has no selectionSet", key.type));
      reader_.each(item, "conditions", path,
                   [&](NodeId condition, const std::string& here) { read_condition(condition, here, key); });
      source_.keys.push_back(std::move(key));
    });
  }

  // A key whose fields the subgraph only knows below a @provides. That is what external fields say already; a condition
  // that speaks of other fields would be lost.
  void read_condition(NodeId condition, const std::string& path, const Key& key) {
    std::string type, field;
    reader_.each(condition, "fieldCoordinatesPath", path, [&](NodeId step, const std::string& here) {
      type = reader_.text(step, "typeName", here);
      field = reader_.text(step, "fieldName", here);
    });
    const FieldFacts* facts = source_.find(type, field);
    if (facts != nullptr && facts->external) return;
    refuse(path, fmt::format("the condition of key \"{}\" of \"{}\" is not supported: \"{}.{}\" is not external",
                             key.set, key.type, type, field));
  }

  void read_field_sets(std::string_view list, std::string FieldFacts::* set) {
    reader_.each(node_, list, source_.path, [&](NodeId item, const std::string& path) {
      const std::string type = reader_.text(item, "typeName", path), field = reader_.text(item, "fieldName", path);
      const auto fields = source_.fields.find(type);
      const bool known = fields != source_.fields.end() && fields->second.contains(field);
      if (!known || !fields->second.at(field).resolved) {
        return refuse(path, fmt::format("it does not resolve \"{}.{}\"", type, field));
      }
      std::string& text = fields->second.at(field).*set;
      if (!text.empty()) return refuse(path, fmt::format("{} of \"{}.{}\" is given twice", list, type, field));
      text = reader_.text(item, "selectionSet", path);
      if (text.empty()) refuse(path, fmt::format("{} of \"{}.{}\" has no selectionSet", list, type, field));
    });
  }

  void read_graphql(SharedParts& shared) {
    const NodeId graphql = reader_.message(node_, "customGraphql", source_.path);
    const std::string path = at("customGraphql");
    if (!graphql.valid()) return refuse(path, "is missing");
    if (reader_.member(graphql, "grpc", path).valid()) {
      refuse(member_path(path, "grpc"), "gRPC subgraphs and plugins are not supported");
    }
    read_fetch(reader_.message(graphql, "fetch", path), member_path(path, "fetch"));
    const NodeId subscription = reader_.message(graphql, "subscription", path);
    constant(reader_, subscription, "url", member_path(path, "subscription"));

    const std::string here = member_path(path, "upstreamSchema");
    const std::string key = reader_.text(reader_.message(graphql, "upstreamSchema", path), "key", here);
    const auto stored = shared.strings.find(key);
    if (stored == shared.strings.end()) return refuse(here, fmt::format("stringStorage does not hold \"{}\"", key));
    const std::string sdl = reader_.document().string(stored->second);
    if (sdl.size() > shared.schema_bytes_left) {
      return refuse(here, "the schemas of all subgraphs together are larger than twice the config: too many share one");
    }
    shared.schema_bytes_left -= sdl.size();
    source_.schema = read_schema(reader_.problems(), sdl, here, fmt::format("subgraph \"{}\"", source_.name));
  }

  void read_fetch(NodeId fetch, const std::string& path) {
    if (!fetch.valid()) return;  // the routing URL, and POST
    if (std::string url = constant(reader_, fetch, "url", path); !url.empty()) source_.url = std::move(url);
    const auto method = reader_.enumeration(fetch, "method", path, {"GET", "POST", "PUT", "DELETE", "OPTIONS"});
    if (method && *method != 1) refuse(member_path(path, "method"), "only POST is supported");
    for (std::string_view name : {"header", "body", "query", "mtls", "baseUrl", "path", "httpProxyUrl"}) {
      if (reader_.has_content(fetch, name, path)) refuse(member_path(path, name), "is not supported");
    }
  }

  const MessageReader& reader_;
  NodeId node_;
  DataSource source_;
};

}  // namespace

const FieldFacts* DataSource::find(const std::string& type, const std::string& field) const {
  const auto of_type = fields.find(type);
  if (of_type == fields.end()) return nullptr;
  const auto found = of_type->second.find(field);
  return found == of_type->second.end() ? nullptr : &found->second;
}

DataSource read_data_source(const MessageReader& reader, NodeId node, const std::string& path, SharedParts& shared) {
  return SourceReader(reader, node, path).read(shared);
}

std::optional<graphql::Document> read_schema(Problems& problems, std::string_view sdl, const std::string& path,
                                             std::string_view owner) {
  auto document = graphql::parse_type_system(sdl);
  if (!document) {
    const auto& [line, column] = document.error().position;
    problems.add(
        path, fmt::format("{}: line {}, column {} of the schema: {}", owner, line, column, document.error().message));
    return std::nullopt;
  }
  for (const graphql::Directive& directive : document->directives) {
    if (std::ranges::find(kDemands, directive.name) == kDemands.end()) continue;
    problems.add(path, fmt::format("{}: line {} of the schema: @{} is not supported", owner,
                                   document->position(directive.offset).line, directive.name));
  }
  for (const graphql::TypeDefinition& type : document->type_definitions) {
    if (type.extension) problems.add(path, fmt::format("{}: the schema extends \"{}\"", owner, type.name));
  }
  return std::move(*document);
}

}  // namespace signet::cosmo
