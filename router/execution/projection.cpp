#include "router/execution/projection.hpp"

#include <charconv>
#include <fmt/format.h>
#include <utility>

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
                       std::vector<WrittenObject>& written, std::string& out)
    : plan_(plan),
      schema_(schema),
      store_(store),
      cursors_(plan, store),
      introspection_(introspection),
      explained_(explained),
      errors_(errors),
      out_(out) {
  written.assign(store.blocks.size(), {});
  written_ = written;
}

void Projection::write(size_t bytes_max) {
  const size_t checkpoint = out_.size();
  end_max_ = checkpoint + bytes_max;
  const bool written = write_object(cursors_.root());
  const bool too_large = out_.size() > end_max_;
  if (too_large) {
    add_error(ErrorCode::SUBGRAPH_RESPONSE_TOO_LARGE, fmt::format("the answer is larger than {} bytes", bytes_max));
  }
  if (!written || too_large) {
    out_.cut(checkpoint);
    out_.put("null");
  }
}

bool Projection::write_object(ObjectView object) {
  const PositionCase& type_case = plan_.cases[object.type_case];
  char before = '{';
  federation::ShapeId shape;  // neighbours mostly come from one shape
  const Block* block = nullptr;
  const OutputField* const end = type_case.output.data() + type_case.output.size();
  for (const OutputField* next = type_case.output.data(); next != end;) {
    if (out_.size() > end_max_) return false;
    const OutputField& field = *next++;
    if (field.shape) {
      if (field.shape != shape) block = find_block(shape = field.shape, object);
      const StoredValue* const value = block == nullptr ? nullptr : &store_.slot(*block, field.slot);
      if (value != nullptr && value->plain) {
        const StoredValue* last = value;
        for (; next != end && next->follows && last[1].follows && last[1].plain; ++next) ++last;
        out_.put(std::exchange(before, ','), field.key_json, value->raw_until(*last));
        continue;
      }
    }
    out_.put(std::exchange(before, ','), field.key_json);
    if (field.kind == OutputField::Kind::type_name) {
      out_.put('"', type_case.type_name);
      out_.put('"');
      continue;
    }
    const Trail::Step step(trail_, PathElement::field(field.key));
    if (!write_field(field, object)) return false;
  }
  if (before == '{') out_.put('{');
  out_.put('}');
  return true;
}

bool Projection::write_field(const OutputField& field, ObjectView object) {
  if (field.kind == OutputField::Kind::introspection) {
    out_.append_by([&](std::string& out) { introspection_.write(field.meta, out); });
    return true;
  }
  if (!field.child) {
    const Block* const block = find_block(field.shape, object);
    const StoredValue value = block == nullptr ? StoredValue() : store_.slot(*block, field.slot);
    return write_leaf(field.type, value, Sources(&field.shape, field.shape ? 1 : 0));
  }
  const federation::Position& position = plan_.positions[field.child];
  if (position.landed != 1) return write_composite(field.type, cursors_.child(object, field.child));
  const federation::Shape& shape = plan_.shapes[position.shapes.front()];
  const uint32_t block = object.blocks[shape.parent_index];
  return write_sole(field.type, field.child, block == kNone ? StoredValue() : store_.slot(block, shape.parent_slot));
}

const Block* Projection::find_block(federation::ShapeId shape, ObjectView object) const {
  const uint32_t block = shape ? object.blocks[plan_.shapes[shape].index] : kNone;
  return block == kNone ? nullptr : &store_.blocks[block];
}

bool Projection::or_null(bool written, TypeRef type, size_t checkpoint) {
  if (written) return true;
  if (type.non_null() || out_.size() > end_max_) return false;
  ++cuts_;
  out_.cut(checkpoint);
  out_.put("null");
  return true;
}

/// Null in a place that may not be null has to be explained by an error, once, where it starts to bubble.
bool Projection::write_null(TypeRef type, Sources sources) {
  if (!type.non_null()) {
    out_.put("null");
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
  return explained_.explains(trail_.path()) ||
         std::ranges::any_of(sources, [&](ShapeId id) { return explained_.explains(plan_.shapes[id].fetch); });
}

Projection::Sources Projection::sources(PositionId position) const {
  const federation::Position& known = plan_.positions[position];
  return Sources(known.shapes).first(known.landed);
}

void Projection::add_error(ErrorCode code, std::string message) {
  const Path path = trail_.path();
  explained_.add(path);
  if (errors_.size() >= kErrorsMax) return;
  errors_.push_back({.path = path, .code = info(code).name, .message = std::move(message)});
}

// --- objects and lists of them

bool Projection::write_composite(TypeRef type, const ValueCursor& value) {
  const ValueKind kind = value.kind();
  if (kind < ValueKind::leaf) return write_null(type, sources(value.position));
  const size_t checkpoint = out_.size();
  if (type.is_list()) {
    if (kind != ValueKind::list) return invalid(type, sources(value.position));
    return or_null(write_composite_list(type, value), type, checkpoint);
  }
  if (kind != ValueKind::object) return invalid(type, sources(value.position));
  return write_object_value(type, value.position, cursors_.object(value));
}

bool Projection::write_sole(TypeRef type, PositionId position, const StoredValue& value) {
  if (value.kind == ValueKind::object && !type.is_list()) return write_sole_object(type, position, value.index());
  if (value.kind < ValueKind::leaf) return write_null(type, sources(position));
  if (value.kind != ValueKind::list || !type.is_list()) return invalid(type, sources(position));
  const size_t checkpoint = out_.size();
  return or_null(write_sole_list(type, position, value), type, checkpoint);
}

/// What lands in one shape only is, with all that is linked to it, the same wherever it stands.
bool Projection::write_sole_object(TypeRef type, PositionId position, uint32_t block) {
  if (write_again(block)) return true;
  const size_t checkpoint = out_.size();
  const uint64_t path_uses = path_uses_;
  const uint32_t cuts = cuts_;
  const bool linked = plan_.positions[position].shapes.size() > 1;
  const bool written = linked ? write_object_value(type, position, cursors_.object(position, block))
                              : write_object_value(type, position, ObjectView(store_.blocks[block].type_case, &block));
  if (written && path_uses == path_uses_ && cuts == cuts_) remember(block, checkpoint);
  return written;
}

bool Projection::write_object_value(TypeRef type, PositionId position, ObjectView object) {
  if (!object.type_case || !plan_.cases[object.type_case].accessible) return write_null(type, sources(position));
  const size_t checkpoint = out_.size();
  return or_null(write_object(object), type, checkpoint);
}

bool Projection::write_again(uint32_t block) {
  const WrittenObject& known = written_[block];
  if (known.length == 0 || known.cuts != cuts_ || out_.size() > end_max_) return false;
  out_.repeat(known.begin, known.length);
  return true;
}

void Projection::remember(uint32_t block, size_t begin) {
  written_[block] = {.begin = begin, .length = out_.size() - begin, .cuts = cuts_};
}

bool Projection::write_composite_list(TypeRef type, const ValueCursor& value) {
  const uint32_t size = value.size(store_);
  out_.put('[');
  for (uint32_t i = 0; i < size; ++i) {
    if (i > 0) out_.put(',');
    const Trail::Step step(trail_, {.key = {}, .index = i});
    if (!write_composite(type.item(), value.item(store_, i))) return false;
  }
  out_.put(']');
  return true;
}

bool Projection::write_sole_list(TypeRef type, PositionId position, const StoredValue& list) {
  const List items = store_.lists[list.index()];
  const TypeRef item_type = type.item();
  out_.put('[');
  for (uint32_t i = 0; i < items.count; ++i) {
    if (i > 0) out_.put(',');
    const Trail::Step step(trail_, {.key = {}, .index = i});
    if (!write_sole(item_type, position, store_.items[items.first + i])) return false;
  }
  out_.put(']');
  return true;
}

// --- leaves

bool Projection::write_leaf(TypeRef type, const StoredValue& value, Sources sources) {
  if (value.kind < ValueKind::leaf || value.token == Kind::null) return write_null(type, sources);
  const size_t checkpoint = out_.size();
  if (type.is_list()) {
    if (value.token != Kind::array) return invalid(type, sources);
    return or_null(write_leaf_list(type, value, sources), type, checkpoint);
  }
  const std::string_view raw = value.raw();
  const Fit how = fit(schema_.types[type.type], raw, value.token);
  if (how == Fit::no) return invalid(type, sources);
  write_fitting(raw, how);
  return true;
}

bool Projection::write_leaf_list(TypeRef type, const StoredValue& list, Sources sources) {
  json::Scanner scanner = json::Scanner::of_value(list.raw());
  out_.put('[');
  uint32_t index = 0;
  scanner.expect('[');
  if (!scanner.take(']')) {
    do {
      if (out_.size() > end_max_) return false;
      if (index > 0) out_.put(',');
      const Trail::Step step(trail_, {.key = {}, .index = index++});
      json::Scanner::Value value;
      scanner.value(value);
      if (!write_leaf(type.item(), StoredValue::leaf(value.raw, value.kind, false), sources)) return false;
    } while (scanner.take(','));
  }
  out_.put(']');
  return true;
}

void Projection::write_fitting(std::string_view raw, Fit how) {
  if (how == Fit::in_quotes) out_.put('"');
  out_.put(raw);
  if (how == Fit::in_quotes) out_.put('"');
}

/// Result coercion of the built-in scalars and enums; a custom scalar is whatever its subgraph says.
/// Spec: https://spec.graphql.org/September2025/#sec-Scalars
Projection::Fit Projection::fit(const schema::Type& type, std::string_view raw, Kind kind) const {
  const auto yes_if = [](bool fits) { return fits ? Fit::yes : Fit::no; };
  switch (type.builtin) {
    case BuiltinScalar::int_:
      return yes_if(kind == Kind::number && is_int32(raw));
    case BuiltinScalar::float_:
      return yes_if(kind == Kind::number && json::is_finite_double(raw));
    case BuiltinScalar::string:
      return yes_if(kind == Kind::string);
    case BuiltinScalar::boolean:
      return yes_if(kind == Kind::boolean);
    case BuiltinScalar::id:
      if (kind == Kind::string) return Fit::yes;
      return kind == Kind::number && is_integer_text(raw) ? Fit::in_quotes : Fit::no;
    case BuiltinScalar::none:
      return yes_if(type.kind != schema::TypeKind::enum_ || (kind == Kind::string && is_enum_value(type, raw)));
  }
  return Fit::no;
}

bool Projection::is_enum_value(const schema::Type& type, std::string_view token) const {
  for (schema::EnumValueId id : type.enum_values) {
    const schema::EnumValue& known = schema_.enum_values[id];
    if (known.accessible && json::string_equals(token, schema_.text(known.name))) return true;
  }
  return false;
}

}  // namespace signet::execution
