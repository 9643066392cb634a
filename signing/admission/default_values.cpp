#include "signing/admission/default_values.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <optional>

#include "router/base/limits.hpp"
#include "router/json/writer.hpp"

namespace signet::admission {
namespace {

using graphql::Document;
using graphql::Value;
using graphql::ValueId;
using graphql::ValueKind;
using schema::Schema;
using schema::TypeRef;

std::string canonical_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::string(text);
  return fmt::format("{}", number + 0.0);  // a negative zero is a zero
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool digits = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return digits && (text == "0" || text.front() != '0');
}

// Writes a default in its only spelling: object fields by name with their defaults filled in, as far as clients see
// them.
class CanonicalDefault {
 public:
  explicit CanonicalDefault(const Schema& schema) : schema_(schema) {}

  // Nothing beyond the limits, which defaults that contain each other exceed.
  std::optional<std::string> write(const schema::InputValue& value) {
    if (!append(schema_.source(), value.type, value.default_value, 0)) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool append(const Document& document, TypeRef type, ValueId id, uint32_t depth) {
    if (depth > limits::kJsonDepthMax || out_.size() > limits::kCoercedBytesMax) return false;
    const Value& value = document[id];
    if (value.kind == ValueKind::null) return put("null");
    if (type.type.valid() && type.is_list()) return list(document, type.item(), id, depth);
    if (value.kind == ValueKind::list) return list(document, TypeRef(), id, depth);
    if (value.kind == ValueKind::object) return object(document, type, value, depth);
    return leaf(type, value);
  }

  bool put(std::string_view text) {
    out_ += text;
    return true;
  }

  bool leaf(TypeRef type, const Value& value) {
    const bool is_enum = type.type.valid() && schema_.types[type.type].kind == schema::TypeKind::enum_;
    const bool is_id = type.type.valid() && schema_.types[type.type].builtin == schema::BuiltinScalar::id;
    // An ID may be written as a number, and is its digits: -0 is not 0, and no digit is lost (Section 3.5.5).
    if (is_id && is_integer(value.text)) return put(value.text);
    switch (value.kind) {
      case ValueKind::integer:
      case ValueKind::floating:
        return put(canonical_number(value.text));
      case ValueKind::string:
      case ValueKind::enumeration:
        if (is_enum) return put(value.text);  // no string
        json::append_string(out_, value.text);
        return true;
      default:
        return put(value.text);
    }
  }

  bool list(const Document& document, TypeRef item, ValueId id, uint32_t depth) {
    out_ += '[';
    if (document[id].kind != ValueKind::list) return append(document, item, id, depth + 1) && put(",]");
    for (const auto [item_id, unused] : document.each(document[id].first_item)) {
      if (!append(document, item, item_id, depth + 1) || !put(",")) return false;
    }
    return put("]");
  }

  bool object(const Document& document, TypeRef type, const Value& value, uint32_t depth) {
    struct Member {
      const Document* document;
      TypeRef type;
      ValueId value;
    };
    std::map<std::string_view, Member> members;
    const bool typed = type.type.valid() && schema_.types[type.type].kind == schema::TypeKind::input_object;
    if (typed) {
      for (const auto id : schema_.types[type.type].input_fields) {
        const schema::InputValue& field = schema_.input_values[id];
        if (field.accessible && field.has_default) {
          members[schema_.text(field.name)] = {&schema_.source(), field.type, field.default_value};
        }
      }
    }
    for (const auto [unused, given] : document.each(value.first_field)) {
      const auto field = typed ? schema_.find_input_field(type.type, given.name) : schema::InputValueId();
      if (typed && !field) continue;
      members[given.name] = {&document, typed ? schema_.input_values[field].type : TypeRef(), given.value};
    }
    out_ += '{';
    for (const auto& [name, member] : members) {
      out_ += name;
      out_ += ':';
      if (!append(*member.document, member.type, member.value, depth + 1) || !put(",")) return false;
    }
    return put("}");
  }

  const Schema& schema_;
  std::string out_;
};

}  // namespace

bool same_default(const Schema& before_schema, const schema::InputValue& before, const Schema& after_schema,
                  const schema::InputValue& after) {
  if (before.has_default != after.has_default) return false;
  if (!before.has_default) return true;
  const auto old_text = CanonicalDefault(before_schema).write(before);
  return old_text && old_text == CanonicalDefault(after_schema).write(after);
}

}  // namespace signet::admission
