#include "router/execution/errors.hpp"

#include <algorithm>
#include <set>

#include "router/base/limits.hpp"
#include "router/execution/cursor.hpp"
#include "router/json/writer.hpp"

namespace signet::execution {

using federation::Fetch;
using federation::Position;
using federation::Shape;

namespace {

/// Drops everything from the first field on that the client did not ask for.
void cut_at_hidden(Path& path) {
  path.erase(std::ranges::find_if(path, &PathElement::hidden), path.end());
}

class Placer {
 public:
  Placer(const Plan& plan, const Store& store, std::vector<ClientError>& errors, ExplainedPaths& explained)
      : plan_(plan), store_(store), errors_(errors), explained_(explained) {}

  void place(FetchId fetch_id, const std::vector<const FetchError*>& all) {
    const Fetch& fetch = plan_.fetches[fetch_id];
    for (const FetchError* error : all) {
      if (error->number == kNone) place_whole(fetch_id, *error);
    }
    std::map<uint32_t, std::vector<const FetchError*>> by_number;
    for (const FetchError* error : all) {
      if (error->number != kNone) by_number[error->number].push_back(error);
    }
    if (by_number.empty()) return;
    if (fetch.at_root) {
      for (const FetchError* error : by_number.begin()->second) add(error->tail, *error);
      return;
    }
    place_entities(fetch, by_number);
  }

 private:
  void add(Path path, const FetchError& error) {
    if (errors_.size() >= kErrorsMax) return;
    cut_at_hidden(path);
    if (!path.empty()) explained_.add(path);
    errors_.push_back({.path = std::move(path),
                       .code = error.subgraph_code.empty() ? info(error.code).name : error.subgraph_code,
                       .message = error.message});
  }

  /// A fetch that failed as a whole is an error of each field that it was to bring to the root; at other objects it is
  /// one error, at the path that they all have in common.
  void place_whole(FetchId fetch_id, const FetchError& error) {
    const Fetch& fetch = plan_.fetches[fetch_id];
    if (fetch.at_root) return place_whole_at_root(fetch_id, error);
    Path path;
    std::vector<PositionId> chain;
    for (PositionId at = fetch.position; plan_.positions[at].parent;) {
      chain.push_back(at);
      at = plan_.cases[plan_.positions[at].parent].position;
    }
    for (size_t i = chain.size(); i > 0; --i) {
      const Position& position = plan_.positions[chain[i - 1]];
      path.push_back(PathElement::field(position.response_key));
      if (position.type.is_list()) break;
    }
    add_whole(std::move(path), fetch, error);
  }

  void place_whole_at_root(FetchId fetch_id, const FetchError& error) {
    const Fetch& fetch = plan_.fetches[fetch_id];
    const std::vector<StoredValue>& data = store_.results[fetch_id];
    // An error beside data names no field: it may be about none of those that did arrive.
    const bool arrived = !data.empty() && data.front().kind == ValueKind::object;
    size_t places = 0;
    for (const federation::Slot& slot : plan_.shapes[fetch.shape].slots) {
      for (const std::string& key : slot.response_keys) {
        const Path path = {PathElement::field(key)};
        explained_.add(path);
        if (!arrived && places++ < limits::kErrorPathsMax) add_whole(path, fetch, error);
      }
    }
    if (places == 0) add_whole({}, fetch, error);
  }

  /// Fetches that share a request share its failure: said once for each path.
  void add_whole(Path path, const Fetch& fetch, const FetchError& error) {
    if (whole_.emplace(fetch.request, path, error.message).second) add(std::move(path), error);
  }

  void place_entities(const Fetch& fetch, const std::map<uint32_t, std::vector<const FetchError*>>& by_number) {
    const Shape& shape = plan_.shapes[fetch.shape];
    const uint16_t anchor_index = plan_.shapes[shape.parent].index;
    std::map<uint32_t, size_t> places;
    Cursors(plan_, store_).each_object(fetch.position, [&](const ObjectCursor& cursor, const Path& path) {
      if (errors_.size() >= kErrorsMax) return false;
      if (cursor.type_case != fetch.type_case || cursor.blocks[anchor_index] == kNone) return true;
      const uint32_t number = store_.link(cursor.blocks[anchor_index], shape.link);
      const auto found = by_number.find(number);
      if (found == by_number.end() || places[number]++ >= limits::kErrorPathsMax) return true;
      for (const FetchError* error : found->second) {
        Path full = path;
        full.insert(full.end(), error->tail.begin(), error->tail.end());
        add(std::move(full), *error);
      }
      return true;
    });
  }

  const Plan& plan_;
  const Store& store_;
  std::vector<ClientError>& errors_;
  ExplainedPaths& explained_;
  std::set<std::tuple<federation::RequestId, Path, std::string>> whole_;
};

}  // namespace

void ExplainedPaths::add(const Path& path) {
  uint32_t at = 0;
  for (const PathElement& element : path) {
    const auto [found, added] = nodes_[at].children.emplace(element, static_cast<uint32_t>(nodes_.size()));
    at = found->second;
    if (added) nodes_.emplace_back();
  }
  nodes_[at].error = true;
}

bool ExplainedPaths::explains(const Path& path) const {
  uint32_t at = 0;
  for (const PathElement& element : path) {
    if (nodes_[at].error) return true;
    const auto found = nodes_[at].children.find(element);
    if (found == nodes_[at].children.end()) return false;
    at = found->second;
  }
  return true;
}

void place_errors(const Plan& plan, const Store& store, const std::vector<FetchError>& fetch_errors,
                  std::vector<ClientError>& errors, ExplainedPaths& explained) {
  std::map<FetchId, std::vector<const FetchError*>> by_fetch;
  for (const FetchError& error : fetch_errors) by_fetch[error.fetch].push_back(&error);
  Placer placer(plan, store, errors, explained);
  for (const auto& [fetch, all] : by_fetch) placer.place(fetch, all);
}

void write_errors(const std::vector<ClientError>& errors, std::string& out) {
  json::Writer writer(out);
  writer.key("errors").begin_array();
  for (const ClientError& error : errors) {
    writer.begin_object().key("message").value(error.message);
    if (!error.path.empty()) {
      writer.key("path").begin_array();
      for (const PathElement& element : error.path) {
        if (element.key.empty()) {
          writer.value(element.index);
        } else {
          writer.value(element.key);
        }
      }
      writer.end_array();
    }
    writer.key("extensions").begin_object().key("code").value(error.code).end_object();
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace signet::execution
