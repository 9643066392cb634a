#include "router/cosmo/execution_config.hpp"

#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unordered_set>

#include "router/cosmo/data_source.hpp"

namespace signet::cosmo {
namespace {

using json::Kind;
using json::NodeId;

constexpr std::string_view kEngine = "engineConfig";
constexpr std::string_view kStorage = "engineConfig.stringStorage";
constexpr uint64_t kCompatibilityMax = 1;
constexpr size_t kNamesShownMax = 10;
constexpr size_t kSchemaBytesSpare = 256u << 10;  // small subgraphs may well be alike

class ConfigReader {
 public:
  ConfigReader(const json::Document& json, size_t bytes, Problems& problems)
      : json_(json), problems_(problems), reader_(json, problems) {
    shared_.schema_bytes_left = 2 * bytes + kSchemaBytesSpare;
  }

  ExecutionConfig read() {
    const NodeId root = json_.root();
    if (json_.kind(root) != Kind::object) {
      problems_.add("", "is not an object");
      return {};
    }
    check_compatibility(root);
    refuse_feature_flags(root);
    read_subgraphs(root);
    const NodeId engine = reader_.message(root, "engineConfig", "");
    if (!engine.valid()) {
      problems_.add(std::string(kEngine), "is missing");
      return {};
    }
    refuse_renamed_types(engine);
    check_fields(engine);
    read_strings(engine);
    read_sources(engine);
    read_schemas(engine);
    return std::move(config_);
  }

 private:
  // "1:0.55.0": the number that routers go by, and composition's own version.
  void check_compatibility(NodeId root) {
    const std::string text = reader_.text(root, "compatibilityVersion", "");
    if (text.empty()) return;
    const std::string_view number = std::string_view(text).substr(0, text.find(':'));
    uint64_t major = 0;
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), major);
    if (problem == std::errc() && end == number.data() + number.size() && major <= kCompatibilityMax) return;
    problems_.add("compatibilityVersion",
                  fmt::format("is \"{}\"; versions up to {} are supported", text, kCompatibilityMax));
  }

  void refuse_feature_flags(NodeId root) {
    const NodeId flags = reader_.message(root, "featureFlagConfigs", "");
    const NodeId by_name = reader_.message(flags, "configByFeatureFlagName", "featureFlagConfigs");
    if (!by_name.valid() || json_.size(by_name) == 0) return;
    std::vector<std::string> names;
    for (const auto& [key, value] : json_.members(by_name)) {
      if (names.size() < kNamesShownMax) names.push_back(fmt::format("\"{}\"", json_.string(key)));
    }
    problems_.add("featureFlagConfigs.configByFeatureFlagName",
                  fmt::format("feature flags are not supported, and there are {}: {}{}", json_.size(by_name),
                              fmt::join(names, ", "), json_.size(by_name) > kNamesShownMax ? ", …" : ""));
  }

  void read_subgraphs(NodeId root) {
    std::unordered_set<std::string> names;
    reader_.each(root, "subgraphs", "", [&](NodeId item, const std::string& path) {
      const std::string id = reader_.text(item, "id", path), name = reader_.text(item, "name", path);
      if (name.empty()) problems_.add(path, "has no name");
      if (!names.insert(name).second) problems_.add(path, fmt::format("a second subgraph is called \"{}\"", name));
      ListedSubgraph subgraph{.name = name, .routing_url = reader_.text(item, "routingUrl", path)};
      if (shared_.subgraphs.emplace(id, std::move(subgraph)).second) return;
      problems_.add(path, fmt::format("a second subgraph has the id \"{}\"", id));
    });
  }

  void refuse_renamed_types(NodeId engine) {
    reader_.each(engine, "typeConfigurations", kEngine, [&](NodeId item, const std::string& path) {
      const std::string from = reader_.text(item, "typeName", path), to = reader_.text(item, "renameTo", path);
      if (to.empty() || to == from) return;
      problems_.add(path, fmt::format("type \"{}\" is renamed to \"{}\", which is not supported", from, to));
    });
  }

  void check_fields(NodeId engine) {
    reader_.each(engine, "fieldConfigurations", kEngine, [&](NodeId item, const std::string& path) {
      const std::string type = reader_.text(item, "typeName", path), field = reader_.text(item, "fieldName", path);
      if (reader_.has_content(item, "authorizationConfiguration", path)) {
        problems_.add(
            path, fmt::format("\"{}.{}\" asks for authentication or scopes, which would not be enforced", type, field));
      }
      if (reader_.has_content(item, "subscriptionFilterCondition", path)) {
        problems_.add(path, fmt::format("\"{}.{}\" filters events, which is not supported", type, field));
      }
      reader_.each(item, "argumentsConfiguration", path, [&](NodeId argument, const std::string& here) {
        const auto source = reader_.enumeration(argument, "sourceType", here, {"OBJECT_FIELD", "FIELD_ARGUMENT"});
        if (!source || *source == 1) return;
        problems_.add(here, fmt::format("argument \"{}\" of \"{}.{}\" comes from an object's field, which is not "
                                        "supported",
                                        reader_.text(argument, "name", here), type, field));
      });
    });
  }

  void read_strings(NodeId engine) {
    const NodeId storage = reader_.message(engine, "stringStorage", kEngine);
    if (!storage.valid()) return;
    for (const auto& [key, value] : json_.members(storage)) {
      if (json_.kind(value) == Kind::string) {
        shared_.strings.emplace(json_.string(key), value);
      } else {
        problems_.add(member_path(kStorage, json_.string(key)), "is not a string");
      }
    }
  }

  void read_sources(NodeId engine) {
    std::unordered_set<std::string> names;
    reader_.each(engine, "datasourceConfigurations", kEngine, [&](NodeId item, const std::string& path) {
      DataSource source = read_data_source(reader_, item, path, shared_);
      if (!source.name.empty() && !names.insert(source.name).second) {
        problems_.add(path, fmt::format("subgraph \"{}\" has a second data source", source.name));
      }
      config_.sources.push_back(std::move(source));
    });
    if (config_.sources.empty()) problems_.add(member_path(kEngine, "datasourceConfigurations"), "lists nothing");
  }

  void read_schemas(NodeId engine) {
    const std::string full = reader_.text(engine, "graphqlSchema", kEngine);
    const std::string path = member_path(kEngine, "graphqlSchema");
    if (full.empty()) {
      problems_.add(path, "is missing");
      return;
    }
    config_.schema = read_schema(problems_, full, path, "the graph");
    if (!reader_.member(engine, "graphqlClientSchema", kEngine).valid()) return;
    const std::string client = reader_.text(engine, "graphqlClientSchema", kEngine);
    config_.client_schema =
        read_schema(problems_, client, member_path(kEngine, "graphqlClientSchema"), "the graph for clients");
  }

  const json::Document& json_;
  Problems& problems_;
  MessageReader reader_;
  SharedParts shared_;
  ExecutionConfig config_;
};

}  // namespace

ExecutionConfig read_execution_config(const json::Document& json, size_t bytes, Problems& problems) {
  return ConfigReader(json, bytes, problems).read();
}

}  // namespace signet::cosmo
