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

using FetchSet = std::vector<bool>;  ///< by FetchId

/// Drops everything from the first field on that the client did not ask for.
void cut_at_hidden(Path& path) {
  path.erase(std::ranges::find_if(path, &PathElement::hidden), path.end());
}

class Placer {
 public:
  Placer(const Plan& plan, const Store& store, std::vector<ClientError>& errors, Explained& explained)
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
    place_entities(fetch_id, by_number);
  }

  /// What fetches that failed as a whole were to bring is explained, and nothing else at the objects that they are for;
  /// and with it what other fetches, for want of it, did not ask for.
  void explain_whole(const FetchSet& failed) {
    const FetchSet waiting = dependents(failed);
    for (size_t i = 0; i < failed.size(); ++i) {
      const FetchId id(i);
      if (failed[i] || (waiting[i] && (!asked(id) || stands_below(plan_.fetches[id].position, failed)))) {
        explained_.add(id);
      }
    }
  }

 private:
  /// All fetches that need anything of `fetches`, directly or not.
  FetchSet dependents(const FetchSet& fetches) const {
    FetchSet result(fetches.size());
    for (size_t i = 0; i < result.size(); ++i) {
      result[i] = std::ranges::any_of(plan_.fetches[FetchId(i)].dependencies,
                                      [&](FetchId on) { return fetches[on.value()] || result[on.value()]; });
    }
    return result;
  }

  /// Whether any object let the fetch ask its subgraph.
  bool asked(FetchId id) const {
    if (plan_.fetches[id].kind == federation::FetchKind::root) return !store_.results[id].empty();
    return std::ranges::find(store_.wanted[id], true) != store_.wanted[id].end();
  }

  /// Whether any of `fetches` was to bring objects at `position` or above it.
  bool stands_below(PositionId position, const FetchSet& fetches) const {
    for (PositionId at = position; plan_.positions[at].parent;) {
      const Position& place = plan_.positions[at];
      for (size_t i = 0; i < place.landed; ++i) {
        if (fetches[plan_.shapes[place.shapes[i]].fetch.value()]) return true;
      }
      at = plan_.cases[place.parent].position;
    }
    return false;
  }

  void add(Path path, const FetchError& error) {
    if (errors_.size() >= kErrorsMax) return;
    cut_at_hidden(path);
    if (!path.empty()) explained_.add(path);
    report(std::move(path), error);
  }

  void report(Path path, const FetchError& error) {
    if (errors_.size() >= kErrorsMax) return;
    cut_at_hidden(path);
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
    report_whole(std::move(path), fetch, error);
  }

  void place_whole_at_root(FetchId fetch_id, const FetchError& error) {
    const Fetch& fetch = plan_.fetches[fetch_id];
    const std::vector<StoredValue>& data = store_.results[fetch_id];
    // An error beside data names no field: it may be about none of those that did arrive.
    const bool arrived = !data.empty() && data.front().kind == ValueKind::object;
    size_t places = 0;
    for (const federation::Slot& slot : plan_.shapes[fetch.shape].slots) {
      for (const std::string& key : slot.response_keys) {
        if (!arrived && places++ < limits::kErrorPathsMax) report_whole({PathElement::field(key)}, fetch, error);
      }
    }
    if (places == 0) report_whole({}, fetch, error);
  }

  /// Fetches that share a request share its failure: said once for each path.
  void report_whole(Path path, const Fetch& fetch, const FetchError& error) {
    if (whole_.emplace(fetch.request, path, error.message).second) report(std::move(path), error);
  }

  void place_entities(FetchId fetch_id, const std::map<uint32_t, std::vector<const FetchError*>>& by_number) {
    const Fetch& fetch = plan_.fetches[fetch_id];
    const Shape& shape = plan_.shapes[fetch.shape];
    const uint16_t anchor_index = plan_.shapes[shape.parent].index;
    FetchSet only(plan_.fetches.size());
    only[fetch_id.value()] = true;
    const FetchSet waiting = dependents(only);
    std::map<uint32_t, size_t> places;
    Cursors(plan_, store_).each_object(fetch.position, [&](const ObjectCursor& cursor, const Path& path) {
      if (errors_.size() >= kErrorsMax) return false;
      if (cursor.type_case != fetch.type_case || cursor.blocks[anchor_index] == kNone) return true;
      const uint32_t number = store_.link(cursor.blocks[anchor_index], shape.link);
      const auto found = by_number.find(number);
      if (found == by_number.end() || places[number]++ >= limits::kErrorPathsMax) return true;
      for (const FetchError* error : found->second) {
        if (error->tail.empty() && std::ranges::none_of(path, &PathElement::hidden)) {
          explain_entity(fetch, waiting, cursor, path);
          report(path, *error);
          continue;
        }
        Path full = path;
        full.insert(full.end(), error->tail.begin(), error->tail.end());
        add(std::move(full), *error);
      }
      return true;
    });
  }

  /// As explain_whole(), for one object.
  void explain_entity(const Fetch& lost, const FetchSet& waiting, const ObjectCursor& cursor, const Path& path) {
    explain_fields(lost, path);
    for (size_t i = 0; i < waiting.size(); ++i) {
      const Fetch& fetch = plan_.fetches[FetchId(i)];
      if (!waiting[i] || fetch.position != cursor.position || fetch.type_case != cursor.type_case) continue;
      const Shape& shape = plan_.shapes[fetch.shape];
      const uint32_t anchor = cursor.blocks[plan_.shapes[shape.parent].index];
      if (anchor == kNone || store_.link(anchor, shape.link) == kNone) explain_fields(fetch, path);
    }
  }

  void explain_fields(const Fetch& fetch, Path path) {
    for (const federation::Slot& slot : plan_.shapes[fetch.shape].slots) {
      for (const std::string& key : slot.response_keys) {
        path.push_back(PathElement::field(key));
        explained_.add(path);
        path.pop_back();
      }
    }
  }

  const Plan& plan_;
  const Store& store_;
  std::vector<ClientError>& errors_;
  Explained& explained_;
  std::set<std::tuple<federation::RequestId, Path, std::string>> whole_;
};

}  // namespace

void Explained::add(const Path& path) {
  uint32_t at = 0;
  for (const PathElement& element : path) {
    const auto [found, added] = nodes_[at].children.emplace(element, static_cast<uint32_t>(nodes_.size()));
    at = found->second;
    if (added) nodes_.emplace_back();
  }
  nodes_[at].error = true;
}

void Explained::add(FetchId fetch) {
  if (fetch.value() >= fetches_.size()) fetches_.resize(fetch.value() + 1);
  fetches_[fetch.value()] = true;
}

bool Explained::explains(const Path& path) const {
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
                  std::vector<ClientError>& errors, Explained& explained) {
  std::map<FetchId, std::vector<const FetchError*>> by_fetch;
  for (const FetchError& error : fetch_errors) by_fetch[error.fetch].push_back(&error);
  Placer placer(plan, store, errors, explained);
  FetchSet failed(plan.fetches.size());
  for (const auto& [fetch, all] : by_fetch) {
    placer.place(fetch, all);
    failed[fetch.value()] = std::ranges::any_of(all, [](const FetchError* error) { return error->number == kNone; });
  }
  if (std::ranges::find(failed, true) != failed.end()) placer.explain_whole(failed);
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
