#include "router/operation/coercion.hpp"

#include "router/base/limits.hpp"
#include "router/json/document.hpp"
#include "router/json/scalar_check.hpp"
#include "router/json/writer.hpp"
#include "router/operation/document_facts.hpp"
#include "router/operation/json_integer.hpp"
#include "router/operation/literal_json.hpp"

namespace signet::operation {
namespace {

using graphql::Document;
using graphql::OperationId;
using graphql::VariableDefinition;
using json::Kind;
using json::NodeId;
using schema::BuiltinScalar;
using schema::InputValueId;
using schema::Schema;
using schema::Type;
using schema::TypeKind;

constexpr size_t kIntDigitsMax = 10;
constexpr size_t kIdDigitsMax = 40;
constexpr size_t kPathNameBytesMax = 64;

// Coerces the value of one variable; the first problem stops it.
class ValueCoercion {
 public:
  ValueCoercion(const json::Document& json, const Schema& schema, std::string& out)
      : json_(json), schema_(schema), out_(out) {}

  // Nesting in the call stack is that of the JSON text, whose reader has bounded it.
  bool value(TypeRef type, NodeId node) {
    if (out_.size() > limits::kCoercedBytesMax) return error("the value is too large");
    if (json_.is_null(node)) {
      if (type.non_null()) return error("null is not allowed");
      out_ += "null";
      return true;
    }
    if (type.is_list()) return list(type.item(), node);
    const Type& named = schema_.types[type.type];
    switch (named.kind) {
      case TypeKind::input_object:
        return input_object(named, node);
      case TypeKind::enum_:
        return enum_value(type.type, node);
      default:
        return scalar(named.builtin, node);
    }
  }

  /// What is wrong and where, without any value: `.where.tags[2]: a string is expected`.
  std::string problem() const {
    std::string text;
    for (const Step& step : path_) text += step;
    return text.empty() ? message_ : fmt::format("at {}: {}", text, message_);
  }

 private:
  using Step = std::string;

  bool error(const char* message) {
    message_ = message;
    return false;
  }

  // The path is kept only where an error was found: callers add their step on the way out.
  bool inside(bool done, Step step) {
    if (!done) path_.insert(path_.begin(), std::move(step));
    return done;
  }

  bool copy(NodeId node) {
    out_ += json_.raw(node);
    return true;
  }

  bool list(TypeRef item, NodeId node) {
    out_ += '[';
    if (json_.kind(node) != Kind::array) {
      if (!value(item, node)) return false;
    } else {
      size_t index = 0;
      for (NodeId element : json_.items(node)) {
        if (index > 0) out_ += ',';
        if (!value(item, element)) return inside(false, fmt::format("[{}]", index));
        ++index;
      }
    }
    out_ += ']';
    return true;
  }

  bool input_object(const Type& type, NodeId node) {
    if (json_.kind(node) != Kind::object) return error("an object is expected");
    std::vector<NodeId> given(type.input_fields.size());
    size_t count = 0;
    for (const auto [key, member] : json_.members(node)) {
      const std::optional<size_t> index = field_index(type, key);
      if (!index) return inside(error("there is no such field"), step(json_.string(key)));
      given[*index] = member;
      ++count;
      if (type.one_of && json_.is_null(member)) {
        return inside(error("the field may not be null"), step(json_.string(key)));
      }
    }
    if (type.one_of && count != 1) return error("exactly one field must be given");
    out_ += '{';
    bool comma = false;
    for (size_t i = 0; i < given.size(); ++i) {
      const schema::InputValue& field = schema_.input_values[type.input_fields[i]];
      if (!given[i].valid()) {
        if (!field.accessible) continue;
        if (field.required()) return error("a required field is missing");
        if (!field.has_default) continue;
      }
      if (comma) out_ += ',';
      comma = true;
      const std::string_view name = schema_.text(field.name);
      json::append_string(out_, name);
      out_ += ':';
      if (!given[i].valid()) {
        if (!append_literal(out_, schema_.source(), schema_, field.type, field.default_value)) {
          return error("the defaults of its fields are too large");
        }
      } else if (!value(field.type, given[i])) {
        return inside(false, step(name));
      }
    }
    out_ += '}';
    return true;
  }

  static Step step(std::string_view name) {
    if (name.size() <= kPathNameBytesMax) return fmt::format(".{}", name);
    return ".(a long name)";
  }

  std::optional<size_t> field_index(const Type& type, NodeId key) const {
    for (size_t i = 0; i < type.input_fields.size(); ++i) {
      const schema::InputValue& field = schema_.input_values[type.input_fields[i]];
      if (field.accessible && json_.string_equals(key, schema_.text(field.name))) return i;
    }
    return std::nullopt;
  }

  bool enum_value(TypeId type, NodeId node) {
    if (json_.kind(node) != Kind::string) return error("an enum value is expected");
    const std::string name = json_.string(node);
    if (!schema_.find_enum_value(type, name)) return error("this is not a value of the enum");
    json::append_string(out_, name);
    return true;
  }

  bool scalar(BuiltinScalar builtin, NodeId node) {
    const Kind kind = json_.kind(node);
    switch (builtin) {
      case BuiltinScalar::none:
        return copy(node);
      case BuiltinScalar::string:
        return kind == Kind::string ? copy(node) : error("a string is expected");
      case BuiltinScalar::boolean:
        return kind == Kind::boolean ? copy(node) : error("a boolean is expected");
      case BuiltinScalar::float_:
        if (kind != Kind::number) return error("a number is expected");
        return json::is_finite_double(json_.raw(node)) ? copy(node) : error("the number is too large");
      case BuiltinScalar::int_: {
        if (kind != Kind::number) return error("an integer is expected");
        const std::optional<std::string> integer = canonical_integer(json_.raw(node), kIntDigitsMax);
        if (!integer || !fits_int32(*integer)) return error("an integer of 32 bits is expected");
        out_ += *integer;
        return true;
      }
      case BuiltinScalar::id: {
        if (kind == Kind::string) return copy(node);
        const std::optional<std::string> integer =
            kind == Kind::number ? canonical_integer(json_.raw(node), kIdDigitsMax) : std::nullopt;
        if (!integer) return error("a string or an integer is expected");
        json::append_string(out_, *integer);
        return true;
      }
    }
    return false;
  }

  const json::Document& json_;
  const Schema& schema_;
  std::string& out_;
  std::vector<Step> path_;
  const char* message_ = "";
};

DocumentError invalid(const Document& document, const VariableDefinition& definition, std::string_view problem) {
  std::string_view name = definition.name;
  if (name.size() > kPathNameBytesMax) name = name.substr(0, kPathNameBytesMax);
  return {.code = ErrorCode::BAD_USER_INPUT,
          .message = fmt::format("variable \"${}\" is not valid: {}", name, problem),
          .positions = {document.position(definition.offset)}};
}

}  // namespace

std::expected<CoercedVariables, std::vector<DocumentError>> coerce_variables(const Document& document,
                                                                             const Schema& schema,
                                                                             OperationId operation,
                                                                             std::string_view variables_json) {
  const auto json = json::Document::parse(variables_json.empty() ? "null" : variables_json);
  const auto refuse = [](std::string message) {
    return std::unexpected(std::vector{DocumentError{ErrorCode::BAD_USER_INPUT, std::move(message), {}}});
  };
  if (!json) return refuse(fmt::format("variables are not valid JSON: {}", json.error().message));
  const bool given = json->kind(json->root()) == Kind::object;
  if (!given && !json->is_null(json->root())) return refuse("variables must be a JSON object");

  // One pass over the members, so that many variables in many members cost no more than their sum.
  std::unordered_map<std::string_view, NodeId, KeyedStringHash> values;
  for (auto [id, definition] : document.each(document[operation].first_variable)) {
    values.emplace(definition.name, NodeId());
  }
  if (given) {
    for (const auto [key, member] : json->members(json->root())) {
      const auto found = values.find(json->string(key));
      if (found != values.end()) found->second = member;
    }
  }

  CoercedVariables coerced;
  std::vector<DocumentError> errors;
  for (auto [id, definition] : document.each(document[operation].first_variable)) {
    CoercedVariable variable;
    const std::optional<TypeRef> type = resolve_type(document, schema, definition.type);
    const NodeId node = values.find(definition.name)->second;
    if (!type) {
      errors.push_back(invalid(document, definition, "its type is unknown"));
    } else if (node.valid()) {
      ValueCoercion coercion(*json, schema, variable.json);
      variable.present = coercion.value(*type, node);
      if (!variable.present) errors.push_back(invalid(document, definition, coercion.problem()));
    } else if (definition.default_value) {
      variable.present = append_literal(variable.json, document, schema, *type, definition.default_value);
      if (!variable.present) errors.push_back(invalid(document, definition, "its default is too large"));
    } else if (type->non_null()) {
      errors.push_back(invalid(document, definition, "a value is required"));
    }
    coerced.values.push_back(std::move(variable));
    if (errors.size() >= limits::kValidationErrorsMax) break;
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return coerced;
}

std::expected<uint32_t, DocumentError> condition_mask(const std::vector<std::string_view>& conditions,
                                                      const Document& document, OperationId operation,
                                                      const CoercedVariables& variables) {
  uint32_t mask = 0;
  size_t index = 0;
  for (auto [id, definition] : document.each(document[operation].first_variable)) {
    const std::string& json = variables.values[index++].json;
    const auto at = std::ranges::find(conditions, definition.name);
    if (at == conditions.end()) continue;
    if (json == "null") {
      return std::unexpected(invalid(document, definition, "null is not allowed in @skip and @include"));
    }
    if (json == "true") mask |= 1u << (at - conditions.begin());
  }
  return mask;
}

}  // namespace signet::operation
