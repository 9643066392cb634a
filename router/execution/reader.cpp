#include "router/execution/reader.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/execution/subgraph_errors.hpp"

namespace signet::execution {

using federation::Shape;
using federation::Slot;
using json::Document;
using json::Kind;
using json::NodeId;

namespace {

constexpr size_t kShapeErrorsMax = 10;  // of one answer; a subgraph that gets its schema wrong does so everywhere

class Reader {
 public:
  Reader(const Plan& plan, FetchId fetch, Store& store, std::vector<FetchError>& errors)
      : plan_(plan), fetch_(fetch), store_(store), errors_(errors) {}

  void read_root(uint32_t document, NodeId data) {
    document_ = document;
    number_ = 0;
    store_.results[fetch_].assign(1, {});
    const StoredValue value = read_object_value(plan_.fetches[fetch_].shape, data);
    store_.results[fetch_][0] = value;
  }

  /// `count`: as many representations were sent. An answer that has no such list is left to the caller.
  void read_entities(uint32_t document, NodeId entities, uint32_t count) {
    document_ = document;
    store_.results[fetch_].assign(count, {});
    if (json().size(entities) != count) {
      whole(fmt::format("the subgraph returned {} entities for {} representations", json().size(entities), count));
      return;  // which entity is whose cannot be told any more
    }
    const std::vector<bool>& wanted = store_.wanted[fetch_];
    uint32_t number = 0;
    for (NodeId entity : json().items(entities)) {
      number_ = number++;
      if (number_ >= wanted.size()) break;
      if (!wanted[number_]) continue;
      const StoredValue value = read_object_value(plan_.fetches[fetch_].shape, entity);
      store_.results[fetch_][number_] = value;
    }
  }

 private:
  const Document& json() const { return store_.documents[document_]; }

  void whole(std::string message) {
    errors_.push_back({.fetch = fetch_,
                       .number = kNone,
                       .tail = {},
                       .code = ErrorCode::SUBGRAPH_INVALID,
                       .subgraph_code = {},
                       .message = std::move(message)});
  }

  StoredValue wrong(std::string_view message) {
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

  StoredValue read_object_value(ShapeId shape, NodeId node) {
    if (json().is_null(node)) return {.kind = ValueKind::null};
    if (json().kind(node) != Kind::object) return wrong("the subgraph returned something else where an object is due");
    return read_object(shape, node);
  }

  StoredValue read_object(ShapeId shape_id, NodeId node) {
    const Shape& shape = plan_.shapes[shape_id];
    CaseId type_case = shape.type_case;
    if (!type_case) {
      type_case = find_case(shape, node);
      if (!type_case) return wrong("the subgraph returned an object of an unknown type");
    }
    const uint32_t block = store_.add_block(shape_id, type_case);
    std::vector<bool> seen(shape.slots.size());
    size_t expected = 0;
    for (const Document::Member member : json().members(node)) {
      const size_t slot = find_slot(shape, type_case, member.key, expected);
      if (slot == shape.slots.size()) continue;
      expected = slot + 1;
      seen[slot] = true;
      read_slot(shape.slots[slot], block, slot, member.value);
    }
    for (size_t i = 0; i < seen.size(); ++i) {
      if (seen[i] || shape.slots[i].type_case != type_case) continue;
      enter(shape.slots[i]);
      wrong("the subgraph's answer lacks a field that was asked for");
      tail_.pop_back();
    }
    return {.kind = ValueKind::object, .document = 0, .index = block};
  }

  CaseId find_case(const Shape& shape, NodeId object) const {
    const NodeId name = json().find(object, "__typename");
    if (!name || json().kind(name) != Kind::string) return {};
    for (CaseId id : plan_.positions[shape.position].cases) {
      if (json().string_equals(name, plan_.cases[id].type_name)) return id;
    }
    return {};
  }

  /// Fields come in the order in which they were asked for; only where they do not is there a search.
  size_t find_slot(const Shape& shape, CaseId type_case, NodeId key, size_t expected) const {
    const auto matches = [&](const Slot& slot) {
      return slot.type_case == type_case && json().string_equals(key, slot.wire_name);
    };
    if (expected < shape.slots.size() && matches(shape.slots[expected])) return expected;
    return static_cast<size_t>(std::ranges::find_if(shape.slots, matches) - shape.slots.begin());
  }

  void enter(const Slot& slot) {
    tail_.push_back(PathElement::field(slot.response_keys.empty() ? std::string_view() : slot.response_keys.front()));
  }

  void read_slot(const Slot& slot, uint32_t block, size_t index, NodeId node) {
    StoredValue value;
    if (json().is_null(node)) {
      value.kind = ValueKind::null;
    } else if (!slot.child) {
      value = {.kind = ValueKind::leaf, .document = document_, .index = node.value()};
    } else {
      enter(slot);
      value = read_composite(slot.child_shape, slot.type.list_depth, node);
      tail_.pop_back();
    }
    store_.slot(block, index) = value;
  }

  StoredValue read_composite(ShapeId shape, uint8_t list_depth, NodeId node) {
    if (json().is_null(node)) return {.kind = ValueKind::null};
    if (list_depth == 0) return read_object_value(shape, node);
    if (json().kind(node) != Kind::array) return wrong("the subgraph returned something else where a list is due");
    const uint32_t list = store_.add_list(json().size(node));
    uint32_t index = 0;
    for (NodeId item : json().items(node)) {
      tail_.push_back({.key = {}, .index = index});
      const StoredValue value = read_composite(shape, static_cast<uint8_t>(list_depth - 1), item);
      store_.items[store_.lists[list].first + index++] = value;
      tail_.pop_back();
    }
    return {.kind = ValueKind::list, .document = 0, .index = list};
  }

  const Plan& plan_;
  FetchId fetch_;
  Store& store_;
  std::vector<FetchError>& errors_;
  uint32_t document_ = 0;
  uint32_t number_ = 0;
  Path tail_;
  size_t wrong_ = 0;
};

/// One answer to one request.
class AnswerReader {
 public:
  AnswerReader(const Plan& plan, const Settings& settings, RequestId request, Store& store,
               std::vector<FetchError>& errors)
      : plan_(plan),
        settings_(settings),
        request_id_(request),
        request_(plan.requests[request]),
        store_(store),
        errors_(errors),
        errors_before_(errors.size()) {}

  void read(const std::vector<uint32_t>& representations, const HttpAnswer& answer) {
    const bool success = answer.status >= 200 && answer.status < 300;
    const std::string status_message = fmt::format("the subgraph answered with HTTP status {}", answer.status);
    auto parsed = Document::parse(answer.body);
    NodeId data;
    NodeId reported;
    bool odd_errors = false;  // something is reported, in a form that cannot be read
    if (parsed) {
      data = parsed->find(parsed->root(), "data");
      reported = parsed->find(parsed->root(), "errors");
      if (data && !parsed->is_null(data) && parsed->kind(data) != Kind::object) data = {};
      odd_errors = reported && !parsed->is_null(reported) && parsed->kind(reported) != Kind::array;
      if (reported && (parsed->kind(reported) != Kind::array || parsed->size(reported) == 0)) reported = {};
    }
    if (!parsed || (!data && !reported)) {
      if (!success) return fail(ErrorCode::SUBGRAPH_HTTP_ERROR, status_message);
      return fail(ErrorCode::SUBGRAPH_INVALID,
                  parsed ? "the subgraph's answer is not a GraphQL response" : "the subgraph's answer is not JSON");
    }
    if (!success) fail(ErrorCode::SUBGRAPH_HTTP_ERROR, status_message);
    if (odd_errors) fail(ErrorCode::SUBGRAPH_INVALID, "the subgraph's errors are not a list");
    const bool no_data = !data || parsed->is_null(data);
    if (no_data && !reported && success) {
      fail(ErrorCode::SUBGRAPH_INVALID, "the subgraph returned neither data nor an error");
    }
    const uint32_t document = store_.add_document(std::move(*parsed));
    if (no_data) {
      lost_ = request_.fetches;
    } else {
      read_data(document, data, representations);
    }
    if (reported) read_subgraph_errors(plan_, settings_, request_id_, document, reported, store_, errors_);
    explain_lost();
  }

 private:
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

  void read_data(uint32_t document, NodeId data, const std::vector<uint32_t>& representations) {
    if (request_.lists.empty()) {
      return Reader(plan_, request_.fetches.front(), store_, errors_).read_root(document, data);
    }
    for (size_t i = 0; i < request_.lists.size(); ++i) {
      const federation::EntityList& list = request_.lists[i];
      const NodeId entities = store_.documents[document].find(data, list.wire_name);
      const bool there = entities && store_.documents[document].kind(entities) == Kind::array;
      for (FetchId fetch : list.fetches) {
        if (there) {
          Reader(plan_, fetch, store_, errors_).read_entities(document, entities, representations[i]);
        } else {
          lost_.push_back(fetch);
        }
      }
    }
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
  Store& store_;
  std::vector<FetchError>& errors_;
  size_t errors_before_;
  std::vector<FetchId> lost_;
};

}  // namespace

void read_answer(const Plan& plan, const Settings& settings, RequestId request,
                 const std::vector<uint32_t>& representations, const HttpAnswer& answer, Store& store,
                 std::vector<FetchError>& errors) {
  AnswerReader(plan, settings, request, store, errors).read(representations, answer);
}

}  // namespace signet::execution
