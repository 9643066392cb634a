#include "router/operation/literal_json.hpp"

#include "router/base/limits.hpp"
#include "router/json/writer.hpp"

namespace signet::operation {
namespace {

using graphql::Document;
using graphql::Value;
using graphql::ValueId;
using graphql::ValueKind;
using schema::InputValueId;
using schema::TypeKind;
using schema::TypeRef;

class LiteralWriter {
 public:
  LiteralWriter(std::string& out, const schema::Schema& schema) : out_(out), schema_(schema) {}

  bool value(const Document& document, TypeRef type, ValueId id, uint32_t depth) {
    if (depth > limits::kJsonDepthMax || out_.size() > limits::kCoercedBytesMax) return false;
    const Value& node = document[id];
    if (node.kind == ValueKind::null || !type.type) return untyped(document, id, depth);
    if (type.is_list()) return list(document, type.item(), id, depth);
    const schema::Type& named = schema_.types[type.type];
    if (named.kind == TypeKind::input_object && node.kind == ValueKind::object) {
      return input_object(document, named, node, depth);
    }
    if (named.builtin == schema::BuiltinScalar::id && node.kind == ValueKind::integer) {
      json::append_string(out_, node.text);
      return true;
    }
    return untyped(document, id, depth);
  }

 private:
  bool list(const Document& document, TypeRef item, ValueId id, uint32_t depth) {
    out_ += '[';
    const Value& node = document[id];
    bool comma = false;
    if (node.kind != ValueKind::list) {
      if (!value(document, item, id, depth + 1)) return false;
    } else {
      for (auto [item_id, unused] : document.each(node.first_item)) {
        if (comma) out_ += ',';
        comma = true;
        if (!value(document, item, item_id, depth + 1)) return false;
      }
    }
    out_ += ']';
    return true;
  }

  bool input_object(const Document& document, const schema::Type& type, const Value& node, uint32_t depth) {
    out_ += '{';
    bool comma = false;
    for (InputValueId id : type.input_fields) {
      const schema::InputValue& field = schema_.input_values[id];
      const graphql::Argument* given = document.find_argument(node.first_field, schema_.text(field.name));
      if (given == nullptr && (!field.has_default || !field.accessible)) continue;
      if (comma) out_ += ',';
      comma = true;
      json::append_string(out_, schema_.text(field.name));
      out_ += ':';
      const bool done = given != nullptr ? value(document, field.type, given->value, depth + 1)
                                         : value(schema_.source(), field.type, field.default_value, depth + 1);
      if (!done) return false;
    }
    out_ += '}';
    return true;
  }

  bool untyped(const Document& document, ValueId id, uint32_t depth) {
    const Value& node = document[id];
    switch (node.kind) {
      case ValueKind::list:
        return list(document, TypeRef(), id, depth);
      case ValueKind::object: {
        out_ += '{';
        bool comma = false;
        for (auto [unused, field] : document.each(node.first_field)) {
          if (comma) out_ += ',';
          comma = true;
          json::append_string(out_, field.name);
          out_ += ':';
          if (!value(document, TypeRef(), field.value, depth + 1)) return false;
        }
        out_ += '}';
        return true;
      }
      case ValueKind::string:
      case ValueKind::enumeration:
        json::append_string(out_, node.text);
        return true;
      default:
        out_ += node.text;
        return true;
    }
  }

  std::string& out_;
  const schema::Schema& schema_;
};

}  // namespace

bool append_literal(std::string& out, const Document& document, const schema::Schema& schema, TypeRef type,
                    ValueId value) {
  return LiteralWriter(out, schema).value(document, type, value, 0);
}

}  // namespace signet::operation
