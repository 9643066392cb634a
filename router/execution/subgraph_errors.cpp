#include "router/execution/subgraph_errors.hpp"

#include <algorithm>

namespace signet::execution {

using federation::Fetch;
using federation::FetchKind;
using federation::Slot;
using json::Document;
using json::Kind;
using json::NodeId;

namespace {

constexpr std::string_view kMasked = "the subgraph reported an error";

/// Follows one path of a subgraph's error through the shapes of the fetch and, as far as they exist, its values.
class PathTranslator {
 public:
  PathTranslator(const Plan& plan, FetchId fetch, Store& store)
      : plan_(plan), id_(fetch), fetch_(plan.fetches[fetch]), store_(store) {
    results_ = &store.results[fetch];
  }

  /// True when the path leads into the list that the fetch shares, whether or not it needs that entity.
  bool in_list(const Document& json, NodeId path) const {
    if (fetch_.kind != FetchKind::entity || !path || json.kind(path) != Kind::array) return false;
    for (NodeId first : json.items(path))
      return json.kind(first) == Kind::string && json.string_equals(first, list_name());
    return false;
  }

  /// False when the path does not fit the document that was sent; then the error is about the whole fetch.
  bool translate(const Document& json, NodeId path) {
    if (!path || json.kind(path) != Kind::array || json.size(path) == 0) return false;
    shape_ = fetch_.shape;
    size_t skip = 0;
    if (fetch_.kind == FetchKind::entity) {
      if (!find_entity(json, path)) return false;
      skip = 2;
    } else {
      number_ = 0;
      value_ = results_->empty() ? nullptr : &results_->front();
    }
    for (NodeId element : json.items(path)) {
      if (skip > 0) {
        --skip;
      } else if (!step(json, element)) {
        break;
      }
    }
    if (value_ != nullptr && value_->kind == ValueKind::null) value_->kind = ValueKind::failed;
    return true;
  }

  uint32_t number() const { return number_; }

  /// The tails for the client: several when the failed leaf has several response keys.
  std::vector<Path> tails() const {
    if (keys_ == nullptr || keys_->size() < 2) return {tail_};
    std::vector<Path> result;
    for (const std::string& key : *keys_) {
      result.push_back(tail_);
      result.back()[key_at_] = PathElement::field(key);
    }
    return result;
  }

 private:
  bool find_entity(const Document& json, NodeId path) {
    size_t at = 0;
    for (NodeId element : json.items(path)) {
      if (at == 0) {
        if (json.kind(element) != Kind::string || !json.string_equals(element, list_name())) return false;
      } else if (at == 1) {
        const auto number = json.kind(element) == Kind::number ? json.integer(element) : std::nullopt;
        if (!number || *number < 0 || *number >= UINT32_MAX) return false;
        number_ = static_cast<uint32_t>(*number);
        const std::vector<bool>& wanted = store_.wanted[id_];
        if (number_ >= wanted.size() || !wanted[number_]) return false;
        value_ = number_ < results_->size() ? &(*results_)[number_] : nullptr;
        return true;
      }
      ++at;
    }
    return false;
  }

  bool step(const Document& json, NodeId element) {
    if (json.kind(element) == Kind::number) {
      if (lists_left_ == 0) return false;  // also what bounds the path by the plan, not by the answer
      --lists_left_;
      const auto index = json.integer(element);
      if (!index || *index < 0 || *index >= UINT32_MAX) return false;
      tail_.push_back({.key = {}, .index = static_cast<uint32_t>(*index)});
      enter_item(static_cast<uint32_t>(*index));
      return true;
    }
    if (json.kind(element) != Kind::string || !shape_) return false;
    const Slot* slot = find_slot(json, element);
    if (slot == nullptr) return false;
    lists_left_ = slot->type.list_depth;
    keys_ = &slot->response_keys;
    key_at_ = tail_.size();
    tail_.push_back(PathElement::field(keys_->empty() ? std::string_view() : keys_->front()));
    enter_slot(static_cast<size_t>(slot - plan_.shapes[shape_].slots.data()));
    shape_ = slot->child_shape;
    return true;
  }

  const Slot* find_slot(const Document& json, NodeId name) const {
    const bool known = value_ != nullptr && value_->kind == ValueKind::object;
    const CaseId type_case = known ? store_.blocks[value_->index()].type_case : CaseId();
    for (const Slot& slot : plan_.shapes[shape_].slots) {
      if ((!known || slot.type_case == type_case) && json.string_equals(name, slot.wire_name)) return &slot;
    }
    return nullptr;
  }

  /// A null on the way stays the value: the error below it made it so.
  void enter_slot(size_t slot) {
    if (value_ == nullptr || value_->kind != ValueKind::object) return;
    value_ = &store_.slot(value_->index(), slot);
  }

  void enter_item(uint32_t index) {
    if (value_ == nullptr || value_->kind != ValueKind::list) return;
    const List& list = store_.lists[value_->index()];
    value_ = index < list.count ? &store_.items[list.first + index] : nullptr;
  }

  const std::string& list_name() const { return plan_.requests[fetch_.request].lists[fetch_.list].wire_name; }

  const Plan& plan_;
  FetchId id_;
  const Fetch& fetch_;
  Store& store_;
  std::vector<StoredValue>* results_;
  ShapeId shape_;
  StoredValue* value_ = nullptr;
  uint32_t number_ = kNone;
  Path tail_;
  const std::vector<std::string>* keys_ = nullptr;
  size_t key_at_ = 0;
  size_t lists_left_ = 0;  // indices that may still follow
};

/// The subgraph's own code when clients may see it.
std::string visible_code(const Document& json, NodeId error, const Settings& settings) {
  const NodeId extensions = json.find(error, "extensions");
  const NodeId code = extensions ? json.find(extensions, "code") : NodeId();
  if (!code || json.kind(code) != Kind::string) return {};
  std::string text = json.string(code);
  const bool listed = std::ranges::find(settings.extension_codes, text) != settings.extension_codes.end();
  return listed ? text : std::string();
}

}  // namespace

namespace {

/// Everything about one reported error but its place.
FetchError read_error(const Document& json, NodeId error, const Settings& settings) {
  FetchError base;
  base.message = kMasked;
  if (json.kind(error) != Kind::object) return base;
  base.subgraph_code = visible_code(json, error, settings);
  const NodeId message = json.find(error, "message");
  if (settings.show_subgraph_messages && message && json.kind(message) == Kind::string) {
    base.message = json.string(message);
  }
  return base;
}

}  // namespace

void read_subgraph_errors(const Plan& plan, const Settings& settings, RequestId request, const Document& json,
                          Store& store, std::vector<FetchError>& errors) {
  const std::vector<FetchId>& fetches = plan.requests[request].fetches;
  size_t count = 0;
  for (NodeId error : json.items(json.root())) {
    // Beyond the limit nothing more is told, but a null that an error explains is still no value: what requires it must
    // not be computed from it.
    const bool told = ++count <= kSubgraphErrorsMax;
    FetchError base = told ? read_error(json, error, settings) : FetchError();
    const NodeId path = json.kind(error) == Kind::object ? json.find(error, "path") : NodeId();
    std::vector<FetchId> in_list;
    bool placed = false;
    for (FetchId fetch : fetches) {
      PathTranslator translator(plan, fetch, store);
      base.fetch = fetch;
      if (translator.translate(json, path)) {
        placed = true;
        if (!told) continue;
        base.number = translator.number();
        for (Path& tail : translator.tails()) {
          errors.push_back(base);
          errors.back().tail = std::move(tail);
        }
      } else if (translator.in_list(json, path)) {
        in_list.push_back(fetch);
      }
    }
    if (placed || !told) continue;
    base.number = kNone;
    for (FetchId fetch : in_list.empty() ? fetches : in_list) {
      errors.push_back(base);
      errors.back().fetch = fetch;
    }
  }
}

}  // namespace signet::execution
