#include "router/execution/data_reader.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/json/scalar_check.hpp"

namespace signet::execution {

using federation::CaseSlots;
using federation::Shape;
using federation::Slot;
using json::Kind;
using json::Scanner;

namespace {

constexpr size_t kShapeErrorsMax = 10;  // of one answer; a subgraph that gets its schema wrong does so everywhere
/// A field and its value take more bytes than this, with what is between them.
constexpr size_t kFieldBytesMin = 4;
constexpr size_t kSlotsSpare = 4096;
constexpr std::string_view kTypename = "\"__typename\":";

}  // namespace

AnswerText::AnswerText(const Store& store, uint16_t of)
    : scanner(store.bodies[of]),
      body(of),
      repeated(store.bodies[of].size()),
      slots_max(store.bodies[of].size() / kFieldBytesMin + kSlotsSpare) {}

DataReader::DataReader(const Plan& plan, FetchId fetch, AnswerText& text, Store& store, std::vector<FetchError>& errors)
    : plan_(plan), fetch_(fetch), text_(text), store_(store), errors_(errors), slots_before_(store.slots.size()) {}

void DataReader::read_root() {
  number_ = 0;
  store_.results[fetch_].assign(1, {});
  const StoredValue value = read_object_value(plan_.fetches[fetch_].shape);
  store_.results[fetch_][0] = value;
}

void DataReader::read_entities(uint32_t count) {
  const size_t errors_before = errors_.size();
  store_.results[fetch_].assign(count, {});
  const std::vector<bool>& wanted = store_.wanted[fetch_];
  uint32_t number = 0;
  text_.scanner.expect('[');
  if (!text_.scanner.take(']')) {
    do {
      if (number < count && number < wanted.size() && wanted[number]) {
        number_ = number;
        const StoredValue value = read_object_value(plan_.fetches[fetch_].shape);
        store_.results[fetch_][number] = value;
      } else {
        skip();
      }
      ++number;
    } while (text_.scanner.take(','));
    text_.scanner.expect(']');
  }
  if (text_.scanner.failed() || number == count) return;
  // Which entity is whose cannot be told any more.
  errors_.resize(errors_before);
  store_.results[fetch_].assign(count, {});
  errors_.push_back(
      {.fetch = fetch_,
       .number = kNone,
       .tail = {},
       .code = ErrorCode::SUBGRAPH_INVALID,
       .subgraph_code = {},
       .message = fmt::format("the subgraph returned {} entities for {} representations", number, count)});
}

Kind DataReader::skip() {
  Scanner::Value value;
  text_.scanner.value(value);
  return value.kind;
}

/// For a value that is neither an object nor a list, as is due: null, or wrong.
StoredValue DataReader::read_other(std::string_view message) {
  return skip() == Kind::null ? null() : wrong(message);
}

StoredValue DataReader::null() {
  ++nulls_;
  return {.kind = ValueKind::null};
}

StoredValue DataReader::wrong(std::string_view message) {
  ++nulls_;
  if (++wrong_ <= kShapeErrorsMax) {
    errors_.push_back({.fetch = fetch_,
                       .number = number_,
                       .tail = tail_,
                       .code = ErrorCode::SUBGRAPH_INVALID,
                       .subgraph_code = {},
                       .message = std::string(message)});
  }
  return {.kind = ValueKind::failed};
}

StoredValue DataReader::read_object_value(ShapeId shape) {
  if (text_.scanner.peek() == '{') {
    const bool look = RepeatedObjects::shareable(plan_, shape) && text_.repeated.worth_it();
    return look ? read_perhaps_repeated(shape) : read_object(shape);
  }
  return read_other("the subgraph returned something else where an object is due");
}

StoredValue DataReader::read_perhaps_repeated(ShapeId shape) {
  const std::string_view text = store_.bodies[text_.body];
  const size_t start = text_.scanner.offset();
  const RepeatedObjects::Known known = text_.repeated.find(shape, text, text_.scanner.rest());
  if (known.block != kNone) {
    text_.scanner.seek(start + known.length);
    return {.kind = ValueKind::object, .index = known.block};
  }
  const size_t nulls_before = nulls_;
  const StoredValue value = read_object(shape);
  if (value.kind == ValueKind::object && nulls_ == nulls_before) {
    text_.repeated.remember(shape, text, start, text_.scanner.consumed() - start, value.index);
  }
  return value;
}

StoredValue DataReader::read_object(ShapeId shape_id) {
  const Shape& shape = plan_.shapes[shape_id];
  const CaseId type_case = shape.type_case ? shape.type_case : find_case(shape);
  if (!type_case) {
    skip();
    return wrong("the subgraph returned an object of an unknown type");
  }
  const CaseSlots* layout = federation::find_layout(shape, type_case);
  const uint32_t block = store_.add_block(shape, type_case, layout);
  if (store_.slots.size() - slots_before_ > text_.slots_max) {
    text_.hollow = true;
    text_.scanner.fail();
    return {};
  }
  uint32_t taken = 0;
  text_.scanner.expect('{');
  if (!text_.scanner.take('}')) {
    uint32_t expected = layout == nullptr ? 0 : layout->begin;
    const uint32_t first_slot = store_.blocks[block].first_slot;
    do {
      taken += read_member(shape, layout, first_slot, expected) ? 1 : 0;
    } while (text_.scanner.take(','));
    text_.scanner.expect('}');
  }
  if (text_.scanner.failed()) return {};
  if (layout != nullptr && taken < static_cast<uint32_t>(layout->end - layout->begin)) {
    report_absent(shape, *layout, block);
  }
  return {.kind = ValueKind::object, .index = block};
}

void DataReader::report_absent(const Shape& shape, const CaseSlots& layout, uint32_t block) {
  const uint32_t first_slot = store_.blocks[block].first_slot;
  for (uint32_t i = layout.begin; i < layout.end; ++i) {
    if (store_.slots[first_slot + i].kind != ValueKind::absent) continue;
    enter(shape.slots[i]);
    wrong("the subgraph's answer lacks a field that was asked for");
    tail_.pop_back();
  }
}

/// The type comes first, because it is asked for first; a subgraph that sorts its members is read twice.
CaseId DataReader::find_case(const Shape& shape) {
  const size_t start = text_.scanner.offset();
  std::string_view name;
  text_.scanner.expect('{');
  if (!text_.scanner.take('}')) {
    do {
      const bool first = text_.scanner.take_name(kTypename);
      const std::string_view member = first ? std::string_view() : text_.scanner.name();
      Scanner::Value value;
      if (text_.scanner.failed() || !text_.scanner.value(value)) return {};
      const bool is_type = first || json::string_equals(member, "__typename");
      if (is_type) name = value.kind == Kind::string ? value.raw : std::string_view();
      if (first) break;
    } while (text_.scanner.take(','));
  }
  if (text_.scanner.failed()) return {};
  text_.scanner.seek(start);
  if (name.empty()) return {};
  for (CaseId id : plan_.positions[shape.position].cases) {
    if (json::string_equals(name, plan_.cases[id].type_name)) return id;
  }
  return {};
}

/// Members come in the order in which they were asked for; only where they do not is there a search.
bool DataReader::read_member(const Shape& shape, const CaseSlots* layout, uint32_t first_slot, uint32_t& expected) {
  uint32_t index = expected;
  if (layout == nullptr || index == layout->end || !text_.scanner.take_name(shape.slots[index].wire_json)) {
    const std::string_view name = text_.scanner.name();
    if (text_.scanner.failed()) return false;
    index = layout == nullptr ? kNone : find_slot(shape, *layout, name);
    if (index == kNone) {
      skip();
      return false;
    }
  }
  if (store_.slots[first_slot + index].kind != ValueKind::absent) {
    return text_.scanner.fail();  // the same member twice
  }
  expected = index + 1;
  const StoredValue value = read_slot(shape.slots[index]);
  store_.slots[first_slot + index] = value;
  return value.kind != ValueKind::absent;
}

uint32_t DataReader::find_slot(const Shape& shape, const CaseSlots& layout, std::string_view token) {
  std::string unescaped;
  std::string_view name = token.substr(1, token.size() - 2);
  if (name.find('\\') != std::string_view::npos) name = unescaped = json::unescape(name);
  const auto by_name = [&](uint16_t i) -> std::string_view { return shape.slots[i].wire_name; };
  const auto found = std::ranges::lower_bound(layout.by_name, name, {}, by_name);
  return found != layout.by_name.end() && by_name(*found) == name ? *found : kNone;
}

void DataReader::enter(const Slot& slot) {
  tail_.push_back(PathElement::field(slot.response_keys.empty() ? std::string_view() : slot.response_keys.front()));
}

StoredValue DataReader::read_slot(const Slot& slot) {
  if (!slot.child) return read_leaf();
  enter(slot);
  const StoredValue value = read_composite(slot.child_shape, slot.type.list_depth);
  tail_.pop_back();
  return value;
}

StoredValue DataReader::read_leaf() {
  const size_t start = text_.scanner.offset();
  Scanner::Value value;
  if (!text_.scanner.take_scalar(value) && !text_.scanner.value(value)) return {};
  if (value.kind == Kind::null) return null();
  // What a custom scalar holds is passed on as it is: no member of it may have two meanings.
  if (value.has_object && !json::Document::parse(value.raw)) {
    text_.scanner.fail();
    return {};
  }
  return {.kind = ValueKind::leaf,
          .token = value.kind,
          .body = text_.body,
          .index = static_cast<uint32_t>(start),
          .length = static_cast<uint32_t>(value.raw.size())};
}

StoredValue DataReader::read_composite(ShapeId shape, uint8_t list_depth) {
  if (list_depth == 0) return read_object_value(shape);
  if (text_.scanner.peek() != '[') return read_other("the subgraph returned something else where a list is due");
  const size_t before = pending_.size();
  text_.scanner.expect('[');
  if (!text_.scanner.take(']')) {
    do {
      tail_.push_back({.key = {}, .index = static_cast<uint32_t>(pending_.size() - before)});
      const StoredValue value = read_composite(shape, static_cast<uint8_t>(list_depth - 1));
      pending_.push_back(value);
      tail_.pop_back();
    } while (text_.scanner.take(','));
    text_.scanner.expect(']');
  }
  const uint32_t list = store_.add_list(std::span(pending_).subspan(before));
  pending_.resize(before);
  return {.kind = ValueKind::list, .index = list};
}

}  // namespace signet::execution
