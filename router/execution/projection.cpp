#include "router/execution/projection.hpp"

#include <charconv>
#include <fmt/format.h>

#include "router/json/scalar_check.hpp"
#include "router/json/scanner.hpp"

namespace signet::execution {

using federation::PositionCase;
using json::Kind;
using schema::BuiltinScalar;

namespace {

bool is_integer_text(std::string_view raw) {
  return raw.find_first_of(".eE") == std::string_view::npos;
}

/// Spec: https://spec.graphql.org/September2025/#sec-Int.Result-Coercion
bool is_int32(std::string_view raw) {
  int32_t value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  return error == std::errc() && end == raw.data() + raw.size();
}

}  // namespace

Projection::Projection(const Plan& plan, const schema::Schema& schema, const Store& store,
                       const Introspection& introspection, Explained& explained, std::vector<ClientError>& errors,
                       std::string& out)
    : plan_(plan),
      schema_(schema),
      store_(store),
      cursors_(plan, store),
      introspection_(introspection),
      explained_(explained),
      errors_(errors),
      out_(out),
      written_(store.blocks.size()) {}

void Projection::write(size_t bytes_max) {
  const size_t checkpoint = out_.size();
  end_max_ = checkpoint + bytes_max;
  const bool written = write_object(cursors_.root());
  const bool too_large = out_.size() > end_max_;
  if (too_large) {
    path_.clear();
    add_error(ErrorCode::SUBGRAPH_RESPONSE_TOO_LARGE, fmt::format("the answer is larger than {} bytes", bytes_max));
  }
  if (!written || too_large) {
    out_.resize(checkpoint);
    out_ += "null";
  }
}

bool Projection::write_object(const ObjectCursor& cursor) {
  if (out_.size() > end_max_) return false;
  const PositionCase& type_case = plan_.cases[cursor.type_case];
  out_ += '{';
  bool comma = false;
  for (const OutputField& field : type_case.output) {
    if (comma) out_ += ',';
    comma = true;
    out_ += field.key_json;
    if (field.kind == OutputField::Kind::type_name) {
      out_ += '"';
      out_ += type_case.type_name;
      out_ += '"';
      continue;
    }
    path_.push_back(PathElement::field(field.key));
    const bool written = write_field(field, cursor);
    path_.pop_back();
    if (!written) return false;
  }
  out_ += '}';
  return true;
}

bool Projection::write_field(const OutputField& field, const ObjectCursor& cursor) {
  if (field.kind == OutputField::Kind::introspection) {
    introspection_.write(field.meta, out_);
    return true;
  }
  if (field.child) return write_composite(field.type, cursors_.child(cursor, field.child));
  const uint32_t block = field.shape ? cursor.blocks[plan_.shapes[field.shape].index] : kNone;
  const StoredValue value = block == kNone ? StoredValue() : store_.slot(block, field.slot);
  return write_leaf(field.type, value, Sources(&field.shape, field.shape ? 1 : 0));
}

bool Projection::or_null(bool written, TypeRef type, size_t checkpoint) {
  if (written) return true;
  if (type.non_null() || out_.size() > end_max_) return false;
  ++cuts_;
  out_.resize(checkpoint);
  out_ += "null";
  return true;
}

/// Null in a place that may not be null has to be explained by an error, once, where it starts to bubble.
bool Projection::write_null(TypeRef type, Sources sources) {
  if (!type.non_null()) {
    out_ += "null";
    return true;
  }
  if (!explained(sources)) {
    add_error(ErrorCode::NON_NULL_VIOLATION, "a subgraph returned null for a non-null field");
  }
  return false;
}

bool Projection::invalid(TypeRef type, Sources sources) {
  if (!explained(sources)) {
    add_error(ErrorCode::SUBGRAPH_INVALID, "the subgraph returned a value that does not fit the field's type");
  }
  return or_null(false, type, out_.size());
}

bool Projection::explained(Sources sources) {
  ++path_uses_;
  return explained_.explains(path_) ||
         std::ranges::any_of(sources, [&](ShapeId id) { return explained_.explains(plan_.shapes[id].fetch); });
}

Projection::Sources Projection::sources(const ValueCursor& value) const {
  const federation::Position& position = plan_.positions[value.position];
  return Sources(position.shapes).first(position.landed);
}

void Projection::add_error(ErrorCode code, std::string message) {
  explained_.add(path_);
  if (errors_.size() >= kErrorsMax) return;
  errors_.push_back({.path = path_, .code = info(code).name, .message = std::move(message)});
}

// --- objects and lists of them

bool Projection::write_composite(TypeRef type, const ValueCursor& value) {
  const ValueKind kind = value.kind();
  if (kind < ValueKind::leaf) return write_null(type, sources(value));
  const size_t checkpoint = out_.size();
  if (type.is_list()) {
    if (kind != ValueKind::list) return invalid(type, sources(value));
    return or_null(write_composite_list(type, value), type, checkpoint);
  }
  if (kind != ValueKind::object) return invalid(type, sources(value));
  // What lands in one shape only is, with all that is linked to it, the same wherever it stands.
  const uint32_t sole = value.values.size() == 1 ? value.values[0].index : kNone;
  if (sole != kNone && write_again(sole)) return true;
  const ObjectCursor object = cursors_.object(value);
  if (!object.type_case || !plan_.cases[object.type_case].accessible) return write_null(type, sources(value));
  const uint64_t path_uses = path_uses_;
  const bool written = write_object(object);
  if (written && sole != kNone && path_uses == path_uses_) remember(sole, checkpoint);
  return or_null(written, type, checkpoint);
}

bool Projection::write_again(uint32_t block) {
  const Written& known = written_[block];
  if (known.length == 0 || known.cuts != cuts_ || out_.size() > end_max_) return false;
  out_.append(out_, known.begin, known.length);
  return true;
}

void Projection::remember(uint32_t block, size_t begin) {
  written_[block] = {.begin = begin, .length = out_.size() - begin, .cuts = cuts_};
}

bool Projection::write_composite_list(TypeRef type, const ValueCursor& value) {
  const uint32_t size = value.size(store_);
  out_ += '[';
  for (uint32_t i = 0; i < size; ++i) {
    if (i > 0) out_ += ',';
    path_.push_back({.key = {}, .index = i});
    const bool written = write_composite(type.item(), value.item(store_, i));
    path_.pop_back();
    if (!written) return false;
  }
  out_ += ']';
  return true;
}

// --- leaves

bool Projection::write_leaf(TypeRef type, const StoredValue& value, Sources sources) {
  if (value.kind < ValueKind::leaf || value.token == Kind::null) return write_null(type, sources);
  const size_t checkpoint = out_.size();
  const std::string_view raw = store_.raw(value);
  if (!type.is_list()) return write_scalar(type, value.token, raw, sources);
  if (value.token != Kind::array) return invalid(type, sources);
  return or_null(write_leaf_list(type, value, sources), type, checkpoint);
}

bool Projection::write_leaf_list(TypeRef type, const StoredValue& list, Sources sources) {
  json::Scanner scanner(store_.bodies[list.body]);
  scanner.seek(list.index);
  out_ += '[';
  uint32_t index = 0;
  scanner.expect('[');
  if (!scanner.take(']')) {
    do {
      if (index > 0) out_ += ',';
      path_.push_back({.key = {}, .index = index++});
      StoredValue item{.kind = ValueKind::leaf, .body = list.body};
      item.index = static_cast<uint32_t>(scanner.offset());
      json::Scanner::Value value;
      scanner.value(value);
      item.token = value.kind;
      item.length = static_cast<uint32_t>(value.raw.size());
      const bool written = write_leaf(type.item(), item, sources);
      path_.pop_back();
      if (!written) return false;
    } while (scanner.take(','));
  }
  out_ += ']';
  return true;
}

bool Projection::write_scalar(TypeRef type, Kind token, std::string_view raw, Sources sources) {
  const schema::Type& named = schema_.types[type.type];
  if (named.kind == schema::TypeKind::enum_) {
    if (token != Kind::string || !is_enum_value(named, raw)) return invalid(type, sources);
  } else if (!fits(named, raw, token)) {
    return invalid(type, sources);
  }
  const bool quote = named.builtin == BuiltinScalar::id && token == Kind::number;
  if (quote) out_ += '"';
  out_ += raw;
  if (quote) out_ += '"';
  return true;
}

/// Result coercion of the built-in scalars; a custom scalar is whatever its subgraph says.
/// Spec: https://spec.graphql.org/September2025/#sec-Scalars
bool Projection::fits(const schema::Type& type, std::string_view raw, Kind kind) const {
  switch (type.builtin) {
    case BuiltinScalar::int_:
      return kind == Kind::number && is_int32(raw);
    case BuiltinScalar::float_:
      return kind == Kind::number && json::is_finite_double(raw);
    case BuiltinScalar::string:
      return kind == Kind::string;
    case BuiltinScalar::boolean:
      return kind == Kind::boolean;
    case BuiltinScalar::id:
      return kind == Kind::string || (kind == Kind::number && is_integer_text(raw));
    case BuiltinScalar::none:
      return true;
  }
  return false;
}

bool Projection::is_enum_value(const schema::Type& type, std::string_view token) const {
  for (schema::EnumValueId id : type.enum_values) {
    const schema::EnumValue& known = schema_.enum_values[id];
    if (known.accessible && json::string_equals(token, schema_.text(known.name))) return true;
  }
  return false;
}

}  // namespace signet::execution
