#include "router/execution/reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "router/execution/repeated_objects.hpp"
#include "router/execution/subgraph_errors.hpp"
#include "router/json/scalar_check.hpp"
#include "router/json/scanner.hpp"

namespace signet::execution {

using federation::EntityList;
using federation::Shape;
using federation::Slot;
using json::Kind;
using json::Scanner;

namespace {

constexpr size_t kShapeErrorsMax = 10;  // of one answer; a subgraph that gets its schema wrong does so everywhere
constexpr std::string_view kTypename = "\"__typename\":";

/// What one fetch gets out of an answer. The scanner stands before the value in question; a JSON error is left in it.
class Reader {
 public:
  Reader(const Plan& plan, FetchId fetch, Scanner& scanner, uint16_t body, Store& store, RepeatedObjects& repeated,
         std::vector<FetchError>& errors)
      : plan_(plan),
        fetch_(fetch),
        scanner_(scanner),
        body_(body),
        store_(store),
        repeated_(repeated),
        errors_(errors) {}

  void read_root() {
    number_ = 0;
    store_.results[fetch_].assign(1, {});
    const StoredValue value = read_object_value(plan_.fetches[fetch_].shape);
    store_.results[fetch_][0] = value;
  }

  /// `count`: as many representations were sent.
  void read_entities(uint32_t count) {
    const size_t errors_before = errors_.size();
    store_.results[fetch_].assign(count, {});
    const std::vector<bool>& wanted = store_.wanted[fetch_];
    uint32_t number = 0;
    scanner_.expect('[');
    if (!scanner_.take(']')) {
      do {
        if (number < count && number < wanted.size() && wanted[number]) {
          number_ = number;
          const StoredValue value = read_object_value(plan_.fetches[fetch_].shape);
          store_.results[fetch_][number] = value;
        } else {
          skip();
        }
        ++number;
      } while (scanner_.take(','));
      scanner_.expect(']');
    }
    if (scanner_.failed() || number == count) return;
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

 private:
  Kind skip() {
    Scanner::Value value;
    scanner_.value(value);
    return value.kind;
  }

  /// For a value that is neither an object nor a list, as is due: null, or wrong.
  StoredValue read_other(std::string_view message) { return skip() == Kind::null ? null() : wrong(message); }

  StoredValue null() {
    ++nulls_;
    return {.kind = ValueKind::null};
  }

  StoredValue wrong(std::string_view message) {
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

  StoredValue read_object_value(ShapeId shape) {
    if (scanner_.peek() == '{') {
      return RepeatedObjects::shareable(plan_, shape) ? read_perhaps_repeated(shape) : read_object(shape);
    }
    return read_other("the subgraph returned something else where an object is due");
  }

  StoredValue read_perhaps_repeated(ShapeId shape) {
    const std::string_view text = store_.bodies[body_];
    const size_t start = scanner_.offset();
    const RepeatedObjects::Known known = repeated_.find(shape, text, scanner_.rest());
    if (known.block != kNone) {
      scanner_.seek(start + known.length);
      return {.kind = ValueKind::object, .index = known.block};
    }
    const size_t nulls_before = nulls_;
    const StoredValue value = read_object(shape);
    if (value.kind == ValueKind::object && nulls_ == nulls_before) {
      repeated_.remember(shape, text, start, scanner_.consumed() - start, value.index);
    }
    return value;
  }

  StoredValue read_object(ShapeId shape_id) {
    const Shape& shape = plan_.shapes[shape_id];
    const CaseId type_case = shape.type_case ? shape.type_case : find_case(shape);
    if (!type_case) {
      skip();
      return wrong("the subgraph returned an object of an unknown type");
    }
    const uint32_t block = store_.add_block(shape_id, type_case);
    scanner_.expect('{');
    if (!scanner_.take('}')) {
      size_t expected = 0;
      do {
        read_member(shape, type_case, block, expected);
      } while (scanner_.take(','));
      scanner_.expect('}');
    }
    if (scanner_.failed()) return {};
    for (size_t i = 0; i < shape.slots.size(); ++i) {
      if (shape.slots[i].type_case != type_case || store_.slot(block, i).kind != ValueKind::absent) continue;
      enter(shape.slots[i]);
      wrong("the subgraph's answer lacks a field that was asked for");
      tail_.pop_back();
    }
    return {.kind = ValueKind::object, .index = block};
  }

  /// The type comes first, because it is asked for first; a subgraph that sorts its members is read twice.
  CaseId find_case(const Shape& shape) {
    const size_t start = scanner_.offset();
    std::string_view name;
    scanner_.expect('{');
    if (!scanner_.take('}')) {
      do {
        const bool first = scanner_.take_name(kTypename);
        const bool is_type = first || json::string_equals(scanner_.name(), "__typename");
        Scanner::Value value;
        if (scanner_.failed() || !scanner_.value(value)) return {};
        if (is_type) name = value.kind == Kind::string ? value.raw : std::string_view();
        if (first) break;
      } while (scanner_.take(','));
    }
    if (scanner_.failed()) return {};
    scanner_.seek(start);
    if (name.empty()) return {};
    for (CaseId id : plan_.positions[shape.position].cases) {
      if (json::string_equals(name, plan_.cases[id].type_name)) return id;
    }
    return {};
  }

  /// Members come in the order in which they were asked for; only where they do not is there a search.
  void read_member(const Shape& shape, CaseId type_case, uint32_t block, size_t& expected) {
    const std::vector<Slot>& slots = shape.slots;
    while (expected < slots.size() && slots[expected].type_case != type_case) ++expected;
    size_t index = expected;
    if (index == slots.size() || !scanner_.take_name(slots[index].wire_json)) {
      const std::string_view name = scanner_.name();
      if (scanner_.failed()) return;
      index = static_cast<size_t>(std::ranges::find_if(slots,
                                                       [&](const Slot& slot) {
                                                         return slot.type_case == type_case &&
                                                                json::string_equals(name, slot.wire_name);
                                                       }) -
                                  slots.begin());
      if (index == slots.size()) {
        skip();
        return;
      }
    }
    if (store_.slot(block, index).kind != ValueKind::absent) {
      scanner_.fail();  // the same member twice
      return;
    }
    expected = index + 1;
    const StoredValue value = read_slot(slots[index]);
    store_.slot(block, index) = value;
  }

  void enter(const Slot& slot) {
    tail_.push_back(PathElement::field(slot.response_keys.empty() ? std::string_view() : slot.response_keys.front()));
  }

  StoredValue read_slot(const Slot& slot) {
    if (!slot.child) return read_leaf();
    enter(slot);
    const StoredValue value = read_composite(slot.child_shape, slot.type.list_depth);
    tail_.pop_back();
    return value;
  }

  StoredValue read_leaf() {
    const size_t start = scanner_.offset();
    Scanner::Value value;
    if (!scanner_.value(value)) return {};
    if (value.kind == Kind::null) return null();
    // What a custom scalar holds is passed on as it is: no member of it may have two meanings.
    if (value.has_object && !json::Document::parse(value.raw)) {
      scanner_.fail();
      return {};
    }
    return {.kind = ValueKind::leaf,
            .token = value.kind,
            .body = body_,
            .index = static_cast<uint32_t>(start),
            .length = static_cast<uint32_t>(value.raw.size())};
  }

  StoredValue read_composite(ShapeId shape, uint8_t list_depth) {
    if (list_depth == 0) return read_object_value(shape);
    if (scanner_.peek() != '[') return read_other("the subgraph returned something else where a list is due");
    const size_t before = pending_.size();
    scanner_.expect('[');
    if (!scanner_.take(']')) {
      do {
        tail_.push_back({.key = {}, .index = static_cast<uint32_t>(pending_.size() - before)});
        const StoredValue value = read_composite(shape, static_cast<uint8_t>(list_depth - 1));
        pending_.push_back(value);
        tail_.pop_back();
      } while (scanner_.take(','));
      scanner_.expect(']');
    }
    const uint32_t list = store_.add_list(std::span(pending_).subspan(before));
    pending_.resize(before);
    return {.kind = ValueKind::list, .index = list};
  }

  const Plan& plan_;
  FetchId fetch_;
  Scanner& scanner_;
  uint16_t body_;
  Store& store_;
  RepeatedObjects& repeated_;
  std::vector<FetchError>& errors_;
  uint32_t number_ = 0;
  Path tail_;
  size_t wrong_ = 0;
  size_t nulls_ = 0;                  // read so far, those that stand for something wrong included
  std::vector<StoredValue> pending_;  // items of the lists that are being read
};

/// One answer to one request.
class AnswerReader {
 public:
  AnswerReader(const Plan& plan, const Settings& settings, RequestId request,
               const std::vector<uint32_t>& representations, Store& store, std::vector<FetchError>& errors)
      : plan_(plan),
        settings_(settings),
        request_id_(request),
        request_(plan.requests[request]),
        representations_(representations),
        store_(store),
        errors_(errors),
        errors_before_(errors.size()) {}

  void read(HttpAnswer&& answer) {
    const bool success = answer.status >= 200 && answer.status < 300;
    const std::string status_message =
        success ? std::string() : fmt::format("the subgraph answered with HTTP status {}", answer.status);
    const bool json = read_text(store_.add_body(std::move(answer.body)));
    if (!json || (data_ == Data::absent && !has_errors())) {
      forget();
      if (!success) return fail(ErrorCode::SUBGRAPH_HTTP_ERROR, status_message);
      return fail(ErrorCode::SUBGRAPH_INVALID,
                  json ? "the subgraph's answer is not a GraphQL response" : "the subgraph's answer is not JSON");
    }
    if (!success) fail(ErrorCode::SUBGRAPH_HTTP_ERROR, status_message);
    if (reported_ && !reported_->is_null(reported_->root()) && reported_->kind(reported_->root()) != Kind::array) {
      fail(ErrorCode::SUBGRAPH_INVALID, "the subgraph's errors are not a list");
    }
    if (data_ != Data::object) {
      lost_ = request_.fetches;
      if (!has_errors() && success) {
        fail(ErrorCode::SUBGRAPH_INVALID, "the subgraph returned neither data nor an error");
      }
    }
    errors_.insert(errors_.end(), std::make_move_iterator(found_.begin()), std::make_move_iterator(found_.end()));
    if (has_errors()) read_subgraph_errors(plan_, settings_, request_id_, *reported_, store_, errors_);
    explain_lost();
  }

 private:
  enum class Data : uint8_t { absent, null, object };

  /// Something is reported, in a form that can be read.
  bool has_errors() const {
    return reported_ && reported_->kind(reported_->root()) == Kind::array && reported_->size(reported_->root()) > 0;
  }

  /// False when the text is not JSON; what was read until that showed is then to be forgotten.
  bool read_text(uint16_t body) {
    const std::string& text = store_.bodies[body];
    if (json::refuse_text(text) != nullptr) return false;
    Scanner scanner(text);
    if (scanner.peek() != '{') {
      Scanner::Value value;
      return scanner.value(value) && scanner.at_end();
    }
    scanner.expect('{');
    if (!scanner.take('}')) {
      do {
        if (!read_member(scanner, body)) return false;
      } while (scanner.take(','));
      scanner.expect('}');
    }
    return scanner.at_end();
  }

  bool read_member(Scanner& scanner, uint16_t body) {
    const std::string_view name = scanner.name();
    if (scanner.failed()) return false;
    if (json::string_equals(name, "data")) {
      if (std::exchange(data_seen_, true)) return scanner.fail();
      return read_data(scanner, body);
    }
    Scanner::Value value;
    if (!scanner.value(value)) return false;
    if (!json::string_equals(name, "errors")) return true;
    if (reported_) return scanner.fail();
    auto errors = json::Document::parse(value.raw);
    if (!errors) return scanner.fail();
    reported_.emplace(std::move(*errors));
    return true;
  }

  bool read_data(Scanner& scanner, uint16_t body) {
    if (scanner.peek() != '{') {
      Scanner::Value value;
      if (!scanner.value(value)) return false;
      if (value.kind == Kind::null) data_ = Data::null;
      return true;
    }
    data_ = Data::object;
    if (request_.lists.empty()) {
      Reader(plan_, request_.fetches.front(), scanner, body, store_, repeated_, found_).read_root();
      return !scanner.failed();
    }
    std::vector<bool> there(request_.lists.size());
    scanner.expect('{');
    if (!scanner.take('}')) {
      do {
        const std::string_view name = scanner.name();
        if (scanner.failed()) return false;
        const auto list = std::ranges::find_if(
            request_.lists, [&](const EntityList& each) { return json::string_equals(name, each.wire_name); });
        const auto index = static_cast<size_t>(list - request_.lists.begin());
        if (index < there.size() && there[index]) return scanner.fail();
        if (index < there.size() && scanner.peek() == '[') {
          there[index] = true;
          read_list(scanner, body, index);
        } else {
          Scanner::Value value;
          scanner.value(value);
        }
      } while (scanner.take(','));
      scanner.expect('}');
    }
    for (size_t i = 0; i < there.size(); ++i) {
      if (there[i]) continue;
      lost_.insert(lost_.end(), request_.lists[i].fetches.begin(), request_.lists[i].fetches.end());
    }
    return !scanner.failed();
  }

  /// Each fetch reads from the list what it wants.
  void read_list(Scanner& scanner, uint16_t body, size_t index) {
    const size_t start = scanner.offset();
    for (FetchId fetch : request_.lists[index].fetches) {
      if (scanner.failed()) return;
      scanner.seek(start);
      Reader(plan_, fetch, scanner, body, store_, repeated_, found_).read_entities(representations_[index]);
    }
  }

  void forget() {
    for (FetchId fetch : request_.fetches) store_.results[fetch].clear();
  }

  void fail(ErrorCode code, std::string_view message) {
    for (FetchId fetch : request_.fetches) fail(fetch, code, message);
  }

  void fail(FetchId fetch, ErrorCode code, std::string_view message) {
    errors_.push_back({.fetch = fetch,
                       .number = kNone,
                       .tail = {},
                       .code = code,
                       .subgraph_code = {},
                       .message = std::string(message)});
  }

  /// A fetch that got nothing, and no error of its own says why.
  void explain_lost() {
    for (FetchId fetch : lost_) {
      const bool explained = std::any_of(errors_.begin() + static_cast<ptrdiff_t>(errors_before_), errors_.end(),
                                         [&](const FetchError& error) { return error.fetch == fetch; });
      if (!explained) fail(fetch, ErrorCode::SUBGRAPH_INVALID, "the subgraph's answer has no list of entities");
    }
  }

  const Plan& plan_;
  const Settings& settings_;
  RequestId request_id_;
  const federation::Request& request_;
  const std::vector<uint32_t>& representations_;
  Store& store_;
  std::vector<FetchError>& errors_;
  size_t errors_before_;
  RepeatedObjects repeated_;
  Data data_ = Data::absent;
  bool data_seen_ = false;
  std::optional<json::Document> reported_;  ///< `errors`, whatever it is
  std::vector<FetchError> found_;           ///< in the data
  std::vector<FetchId> lost_;
};

}  // namespace

void read_answer(const Plan& plan, const Settings& settings, RequestId request,
                 const std::vector<uint32_t>& representations, HttpAnswer&& answer, Store& store,
                 std::vector<FetchError>& errors) {
  AnswerReader(plan, settings, request, representations, store, errors).read(std::move(answer));
}

}  // namespace signet::execution
