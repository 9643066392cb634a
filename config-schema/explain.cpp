#include "config-schema/explain.hpp"

#include <algorithm>

#include "config-schema/formats.hpp"
#include "router/crypto/crypto.hpp"
#include "router/json/writer.hpp"

namespace signet::config {
namespace {

SchemaType scalar_type(const Schema& schema, std::string_view text) {
  for (const Schema& alternative : schema.one_of) {
    if (alternative.type == SchemaType::integer && parse_whole_number(text)) return alternative.type;
  }
  return schema.type;
}

enum class Values : uint8_t { shown, as_they_count };

// A substituted value is shown as written: it may have come out of a secret's file.
void write_scalar(const Schema& schema, const YamlNode& node, Values values, json::Writer& writer) {
  const bool as_written = values == Values::shown && node.substituted();
  const std::string& text = as_written ? node.written : node.text;
  const SchemaType type = scalar_type(schema, text);
  const bool plain = !as_written && (type == SchemaType::boolean || type == SchemaType::number ||
                                     (type == SchemaType::integer && parse_whole_number(text)));
  if (schema.secret && values == Values::shown) {
    writer.value("(secret)");
  } else if (plain) {
    writer.raw(text);
  } else {
    writer.value(text);
  }
}

void write_node(const Schema& schema, const YamlNode& node, Values values, json::Writer& writer) {
  if (node.kind == NodeKind::scalar) return write_scalar(schema, node, values, writer);
  if (node.kind == NodeKind::list) {
    writer.begin_array();
    for (const YamlNode& item : node.items) write_node(*schema.items, item, values, writer);
    writer.end_array();
    return;
  }
  const auto object = std::ranges::find(schema.one_of, SchemaType::object, &Schema::type);
  const Schema& shape = object == schema.one_of.end() ? schema : *object;
  writer.begin_object();
  for (const YamlMember& member : node.members) {
    if (const Schema* property = shape.find(member.key)) {
      writer.key(member.key);
      write_node(*property, member.value, values, writer);
    }
  }
  writer.end_object();
}

std::string to_json(const Schema& schema, const YamlNode& node, Values values) {
  std::string text;
  json::Writer writer(text);
  write_node(schema, node, values, writer);
  return text;
}

class Explainer {
 public:
  Explainer(const std::vector<SourceFile>& files, bool development) : files_(files), development_(development) {}

  // `absent`: inside a block that may be left out and was, so that its defaults do not apply.
  void walk(const Schema& schema, const YamlNode* node, const std::string& path, bool absent = false) {
    if (schema.type == SchemaType::object) {
      const bool optional =
          (!schema.required.empty() || !schema.one_of_keys.empty()) && !schema.optional_in_development;
      absent = absent || (node == nullptr && optional);
      for (const SchemaProperty& property : schema.properties) {
        if (property.schema.later) continue;
        walk(property.schema, node == nullptr ? nullptr : node->find(property.name), join_path(path, property.name),
             absent);
      }
      if (schema.additional && node != nullptr) walk_additional(schema, *node, path);
      return;
    }
    Origin found = origin(schema, node, path);
    if (absent) found.value = "null";
    if (found.digest.empty()) found.digest = crypto::sha256_hex(found.value);
    out_.push_back(std::move(found));
  }

  std::vector<Origin> take() { return std::move(out_); }

 private:
  void walk_additional(const Schema& schema, const YamlNode& node, const std::string& path) {
    for (const YamlMember& member : node.members) {
      if (schema.find(member.key) == nullptr) walk(*schema.additional, &member.value, join_path(path, member.key));
    }
  }

  std::string default_of(const Schema& schema, const std::string& path) const {
    if (!development_ || path.empty()) return schema.default_json;
    if (path == "introspection") return "true";
    if (path == "listen.graphql") return "\"127.0.0.1:4000\"";
    const bool limit = path.starts_with("limits.") && schema.format != "size";  // sizes have no mode
    return limit ? "{\"max\":" + schema.default_json + ",\"mode\":\"measure\"}" : schema.default_json;
  }

  Origin origin(const Schema& schema, const YamlNode* node, const std::string& path) const {
    const std::string standard = default_of(schema, path);
    Origin out{.path = path,
               .value = standard.empty() ? "null" : standard,
               .default_value = standard.empty() ? "null" : standard,
               .digest = {},
               .file = {},
               .line = 0,
               .live = schema.live,
               .description = schema.description};
    if (node == nullptr) return out;
    out.value = to_json(schema, *node, Values::shown);
    std::string counts = to_json(schema, *node, Values::as_they_count);
    out.digest = crypto::sha256_hex(counts);
    crypto::wipe({reinterpret_cast<uint8_t*>(counts.data()), counts.size()});
    out.file = node->place.file < files_.size() ? files_[node->place.file].name : "";
    out.line = node->place.line;
    return out;
  }

  const std::vector<SourceFile>& files_;
  bool development_;
  std::vector<Origin> out_;
};

}  // namespace

std::vector<Origin> explain(const Schema& schema, const YamlNode& root, const std::vector<SourceFile>& files,
                            bool development) {
  Explainer explainer(files, development);
  explainer.walk(schema, &root, "");
  return explainer.take();
}

}  // namespace signet::config
