#include "config-schema/schema.hpp"

#include "config-schema/embedded_schemas.hpp"
#include "router/base/check.hpp"
#include "router/json/document.hpp"

namespace signet::config {
namespace {

using json::Document;
using json::NodeId;

// Reads one schema file. A broken schema is a broken build: the tests read both, so that nothing here can fail later.
class SchemaReader {
 public:
  explicit SchemaReader(const Document& document)
      : document_(document), definitions_(document.find(document.root(), "definitions")) {}

  Schema read(NodeId node, bool live = false) const {
    Schema schema;
    schema.live = live;
    overlay(schema, node);
    hand_down_defaults(schema, document_.find(node, "default"));
    return schema;
  }

 private:
  std::string text(NodeId node) const {
    SIGNET_CHECK(document_.kind(node) == json::Kind::string);
    return document_.string(node);
  }

  int64_t number(NodeId node) const {
    const auto value = document_.integer(node);
    SIGNET_CHECK(value.has_value());
    return *value;
  }

  std::vector<std::string> texts(NodeId node) const {
    std::vector<std::string> out;
    for (NodeId item : document_.items(node)) out.push_back(text(item));
    return out;
  }

  // What stands beside a $ref goes on top of what it refers to.
  void overlay(Schema& schema, NodeId node) const {
    if (const NodeId ref = document_.find(node, "$ref"); ref.valid()) {
      constexpr std::string_view kPrefix = "#/definitions/";
      const std::string target = text(ref);
      SIGNET_CHECK(target.starts_with(kPrefix));
      const NodeId definition = document_.find(definitions_, std::string_view(target).substr(kPrefix.size()));
      SIGNET_CHECK(definition.valid());
      overlay(schema, definition);
    }
    if (const NodeId live = document_.find(node, "x-signet-live"); live.valid()) schema.live = document_.boolean(live);
    for (const Document::Member member : document_.members(node)) {
      const std::string key = text(member.key);
      const bool known = read_text(schema, key, member.value) || read_shape(schema, key, member.value) ||
                         read_numbers(schema, key, member.value) || read_flags(schema, key, member.value);
      SIGNET_CHECK(known);
    }
  }

  // The default of an object is that of its properties, so that each has its own line in `explain` and the reference.
  void hand_down_defaults(Schema& schema, NodeId value) const {
    if (!value.valid() || document_.kind(value) != json::Kind::object) return;
    for (SchemaProperty& property : schema.properties) {
      const NodeId own = document_.find(value, property.name);
      if (own.valid()) property.schema.default_json = document_.raw(own);
    }
    schema.default_json.clear();
  }

  bool read_text(Schema& schema, std::string_view key, NodeId value) const {
    if (key == "description") {
      schema.description = text(value);
    } else if (key == "default") {
      schema.default_json = document_.raw(value);
    } else if (key == "format") {
      schema.format = text(value);
    } else if (key == "enum") {
      schema.values = texts(value);
    } else if (key == "x-signet-later-values") {
      schema.later_values = texts(value);
    } else if (key == "x-signet-minimum") {
      schema.unit_minimum = text(value);
    } else if (key == "x-signet-maximum") {
      schema.unit_maximum = text(value);
    } else {
      return key == "$ref" || key == "$schema" || key == "$id" || key == "title" || key == "definitions";
    }
    return true;
  }

  bool read_shape(Schema& schema, std::string_view key, NodeId value) const {
    if (key == "type") {
      schema.type = type(text(value));
    } else if (key == "properties") {
      for (const Document::Member member : document_.members(value)) {
        schema.properties.push_back({text(member.key), read(member.value, schema.live)});
      }
    } else if (key == "required") {
      schema.required = texts(value);
    } else if (key == "additionalProperties") {
      if (document_.kind(value) == json::Kind::object) {
        schema.additional = std::make_shared<Schema>(read(value, schema.live));
      }
    } else if (key == "propertyNames") {
      schema.name_format = text(document_.find(value, "format"));
    } else if (key == "items") {
      schema.items = std::make_shared<Schema>(read(value, schema.live));
    } else if (key == "oneOf") {
      for (NodeId alternative : document_.items(value)) {
        const Schema read_alternative = read(alternative, schema.live);
        const bool by_key = read_alternative.required.size() == 1 && read_alternative.properties.empty();
        if (by_key) schema.one_of_keys.push_back(read_alternative.required.front());
        if (!by_key) schema.one_of.push_back(read_alternative);
      }
    } else {
      return false;
    }
    return true;
  }

  bool read_numbers(Schema& schema, std::string_view key, NodeId value) const {
    if (key == "minimum") {
      schema.minimum = number(value);
    } else if (key == "maximum") {
      schema.maximum = number(value);
    } else if (key == "minItems") {
      schema.items_min = static_cast<uint32_t>(number(value));
    } else if (key == "maxItems") {
      schema.items_max = static_cast<uint32_t>(number(value));
    } else if (key == "minLength") {
      schema.length_min = static_cast<uint32_t>(number(value));
    } else {
      return false;
    }
    return true;
  }

  bool read_flags(Schema& schema, std::string_view key, NodeId value) const {
    if (key == "x-signet-secret") {
      schema.secret = document_.boolean(value);
    } else if (key == "x-signet-later") {
      schema.later = document_.boolean(value);
    } else if (key == "x-signet-optional-in-development") {
      schema.optional_in_development = document_.boolean(value);
    } else {
      return key == "x-signet-live";
    }
    return true;
  }

  static SchemaType type(std::string_view name) {
    if (name == "object") return SchemaType::object;
    if (name == "array") return SchemaType::array;
    if (name == "string") return SchemaType::string;
    if (name == "integer") return SchemaType::integer;
    if (name == "number") return SchemaType::number;
    SIGNET_CHECK(name == "boolean");
    return SchemaType::boolean;
  }

  const Document& document_;
  NodeId definitions_;
};

}  // namespace

const Schema* Schema::find(std::string_view property) const {
  for (const SchemaProperty& candidate : properties) {
    if (candidate.name == property) return &candidate.schema;
  }
  return nullptr;
}

Schema parse_schema(std::string_view json) {
  const auto document = Document::parse(json);
  SIGNET_CHECK(document.has_value());
  return SchemaReader(*document).read(document->root());
}

const Schema& config_schema() {
  static const Schema schema = parse_schema(schema_text());
  return schema;
}

const Schema& admission_schema() {
  static const Schema schema = parse_schema(admission_schema_text());
  return schema;
}

const Schema& trust_root_schema() {
  static const Schema schema = parse_schema(trust_root_schema_text());
  return schema;
}

}  // namespace signet::config
