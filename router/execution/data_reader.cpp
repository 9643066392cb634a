#include "router/execution/data_reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "router/json/scalar_check.hpp"

namespace signet::execution {

using federation::CaseSlots;
using federation::Shape;
using federation::Slot;
using json::Kind;
using json::Scalar;
using json::Scanner;

namespace {

constexpr size_t kShapeErrorsMax = 10;  // of one answer; a subgraph that gets its schema wrong does so everywhere
/// A field and its value take more bytes than this, with what is between them.
constexpr size_t kFieldBytesMin = 4;
constexpr size_t kSlotsSpare = 4096;
constexpr std::string_view kTypename = "\"__typename\":";

bool is_plain(Scalar scalar, uint8_t plain) {
  return (static_cast<uint8_t>(scalar) & plain) != 0;
}

}  // namespace

AnswerText::AnswerText(std::string_view of, Workspace& workspace)
    : text(of),
      scanner(Scanner::of_terminated(of)),
      repeated(of.size(), workspace.repeated),
      pending(workspace.pending),
      slots_max(of.size() / kFieldBytesMin + kSlotsSpare) {
  pending.clear();
}

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
  const size_t blocks_before = store_.blocks.size();
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
  store_.disown(blocks_before);
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
  return StoredValue(ValueKind::null);
}

StoredValue DataReader::wrong(std::string_view message) {
  ++nulls_;
  if (++wrong_ <= kShapeErrorsMax) {
    errors_.push_back({.fetch = fetch_,
                       .number = number_,
                       .tail = text_.tail.path(),
                       .code = ErrorCode::SUBGRAPH_INVALID,
                       .subgraph_code = {},
                       .message = std::string(message)});
  }
  return StoredValue(ValueKind::failed);
}

StoredValue DataReader::read_object_value(ShapeId shape) {
  if (text_.scanner.peek() == '{') {
    return plan_.shapes[shape].sole && text_.repeated.worth_it() ? read_perhaps_repeated(shape) : read_object(shape);
  }
  return read_other("the subgraph returned something else where an object is due");
}

StoredValue DataReader::read_perhaps_repeated(ShapeId shape) {
  const size_t start = text_.scanner.offset();
  const std::string_view rest = text_.scanner.rest();
  RepeatedObjects::Place& place = text_.repeated.place(shape, rest);
  if (text_.repeated.knows(place, shape, text_.text, rest)) {
    text_.scanner.seek(start + place.length);
    return StoredValue::object(place.block);
  }
  const size_t nulls_before = nulls_;
  const StoredValue value = read_object(shape);
  if (value.kind == ValueKind::object && nulls_ == nulls_before) {
    place = {.shape = shape,
             .offset = static_cast<uint32_t>(start),
             .length = static_cast<uint32_t>(text_.scanner.consumed() - start),
             .block = value.index()};
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
  const uint32_t block = store_.add_block(shape_id, shape, type_case, layout);
  if (store_.slots.size() - slots_before_ > text_.slots_max) {
    text_.hollow = true;
    text_.scanner.fail();
    return {};
  }
  const bool complete = read_members(shape, layout, store_.blocks[block].first_slot);
  if (text_.scanner.failed()) return {};
  if (!complete) report_absent(shape, *layout, store_.blocks[block].first_slot);
  return StoredValue::object(block);
}

void DataReader::report_absent(const Shape& shape, const CaseSlots& layout, uint32_t first_slot) {
  for (uint32_t i = layout.begin; i < layout.end; ++i) {
    if (store_.slots[first_slot + i].kind != ValueKind::absent) continue;
    const Trail::Step step(text_.tail, element_of(shape.slots[i]));
    wrong("the subgraph's answer lacks a field that was asked for");
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

/// From the opening brace to the closing one. True when all came that was asked for.
/// Members come in the order in which they were asked for; only where they do not is there a search.
bool DataReader::read_members(const Shape& shape, const CaseSlots* layout, uint32_t first_slot) {
  Scanner& scanner = text_.scanner;
  scanner.expect('{');
  if (scanner.take('}')) return layout == nullptr;
  bool more = true;
  if (!shape.type_case && scanner.take_name(kTypename)) {
    skip();
    more = scanner.take(',');
  }
  uint32_t next = layout == nullptr ? 0 : layout->begin;
  uint32_t taken = 0;
  for (bool in_order = true; more; in_order = false) {
    if (layout != nullptr) {
      const uint32_t before = next;
      more = read_in_order(shape, *layout, first_slot, !in_order, next);
      taken += next - before;
    }
    if (!more) break;
    taken += read_member(shape, layout, first_slot, next) ? 1 : 0;
    more = scanner.take(',');
  }
  scanner.expect('}');
  return layout == nullptr || taken == static_cast<uint32_t>(layout->end - layout->begin);
}

/// Takes the members from the slot `next` on for as long as they are what is due. True when another one follows.
/// `perhaps_there`: slots from there on may have been taken already.
bool DataReader::read_in_order(const Shape& shape, const CaseSlots& layout, uint32_t first_slot, bool perhaps_there,
                               uint32_t& next) {
  // Copies can stay in registers.
  Scanner scanner = text_.scanner;
  uint32_t index = next;
  const Slot* slot = shape.slots.data() + index;
  const uint32_t first_value = first_slot + layout.begin;
  std::span<StoredValue> values = store_.slots.values().subspan(first_value);  // of the layout
  const char* const nowhere = text_.text.data();                               // no slot's name is there
  const char* due = nowhere;  // where this slot's name is if it follows the slot before
  bool more = true;
  for (; more && index != layout.end; ++index, ++slot) {
    if (perhaps_there && values[index - layout.begin].kind != ValueKind::absent) break;
    if (!scanner.take_name(slot->wire_json)) break;
    const char* const name = std::exchange(due, nowhere);
    std::string_view raw;
    const Scalar scalar = slot->child ? Scalar::other : scanner.take_scalar(raw);
    if (scalar == Scalar::other) {
      text_.scanner = scanner;
      const StoredValue value = read_slot(*slot);
      values = store_.slots.values().subspan(first_value);  // they may have moved
      values[index - layout.begin] = value;
      scanner = text_.scanner;
    } else if (scalar == Scalar::null) {
      values[index - layout.begin] = null();
    } else {
      values[index - layout.begin] = StoredValue::leaf(raw, json::kind_of(scalar), is_plain(scalar, slot->plain));
      values[index - layout.begin].follows = raw.data() == name + slot->wire_json.size();
      due = raw.data() + raw.size() + 1;  // behind a comma
    }
    more = scanner.take(',');
  }
  next = index;
  text_.scanner = scanner;
  return more;
}

/// Takes one member, whatever it is. True when it was asked for.
bool DataReader::read_member(const Shape& shape, const CaseSlots* layout, uint32_t first_slot, uint32_t& next) {
  const std::string_view name = text_.scanner.name();
  if (text_.scanner.failed()) return false;
  const uint32_t index = layout == nullptr ? kNone : find_slot(shape, *layout, name);
  if (index == kNone) {
    skip();
    return false;
  }
  if (store_.slots[first_slot + index].kind != ValueKind::absent) {
    return text_.scanner.fail();  // the same member twice
  }
  next = index + 1;
  store_.slots[first_slot + index] = read_slot(shape.slots[index]);
  return !text_.scanner.failed();
}

uint32_t DataReader::find_slot(const Shape& shape, const CaseSlots& layout, std::string_view token) {
  std::string unescaped;
  std::string_view name = token.substr(1, token.size() - 2);
  if (name.find('\\') != std::string_view::npos) name = unescaped = json::unescape(name);
  const auto by_name = [&](uint16_t i) -> std::string_view { return shape.slots[i].wire_name; };
  const auto found = std::ranges::lower_bound(layout.by_name, name, {}, by_name);
  return found != layout.by_name.end() && by_name(*found) == name ? *found : kNone;
}

PathElement DataReader::element_of(const Slot& slot) {
  return PathElement::field(slot.response_keys.empty() ? std::string_view() : slot.response_keys.front());
}

StoredValue DataReader::read_slot(const Slot& slot) {
  if (!slot.child) return read_leaf(slot);
  const Trail::Step step(text_.tail, element_of(slot));
  return read_composite(slot.child_shape, slot.type.list_depth);
}

StoredValue DataReader::read_leaf(const Slot& slot) {
  Scanner::Value value;
  if (!text_.scanner.value(value)) return {};
  if (value.kind == Kind::null) return null();
  // What a custom scalar holds is passed on as it is: no member of it may have two meanings.
  if (value.has_object && !json::Document::parse(value.raw)) {
    text_.scanner.fail();
    return {};
  }
  const Scalar scalar = value.kind == Kind::string ? Scalar::string : Scalar::other;
  return StoredValue::leaf(value.raw, value.kind, is_plain(scalar, slot.plain));
}

StoredValue DataReader::read_composite(ShapeId shape, uint8_t list_depth) {
  if (list_depth == 0) return read_object_value(shape);
  if (text_.scanner.peek() != '[') return read_other("the subgraph returned something else where a list is due");
  const size_t before = text_.pending.size();
  text_.scanner.expect('[');
  if (!text_.scanner.take(']')) {
    do {
      const Trail::Step step(text_.tail, {.key = {}, .index = static_cast<uint32_t>(text_.pending.size() - before)});
      const StoredValue value = read_composite(shape, static_cast<uint8_t>(list_depth - 1));
      text_.pending.push_back(value);
    } while (text_.scanner.take(','));
    text_.scanner.expect(']');
  }
  const uint32_t list = store_.add_list(std::span(text_.pending).subspan(before));
  text_.pending.resize(before);
  return StoredValue::list(list);
}

}  // namespace signet::execution
