#include "router/federation/self_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

#include "router/federation/reach.hpp"

namespace signet::federation {

namespace {

constexpr size_t kSetsMax = 50'000;

/// Objects of one type that arrive in exactly these states.
using Arrival = std::vector<StateId>;

class Checker {
 public:
  Checker(const Supergraph& supergraph, size_t messages_max)
      : supergraph_(supergraph), schema_(supergraph.schema), model_(supergraph.model), messages_max_(messages_max) {}

  std::vector<std::string> run() {
    if (!model_.query_roots.empty()) arrive(model_.query_roots, "query");
    if (!model_.mutation_roots.empty()) arrive(model_.mutation_roots, "mutation");
    for (size_t next = 0; next < work_.size() && work_.size() < kSetsMax; ++next) {
      const Work work = work_[next];  // a copy: visiting appends
      visit(work.states, work.path);
    }
    return std::move(messages_);
  }

 private:
  struct Work {
    Arrival states;
    std::string path;
  };

  void arrive(Arrival states, std::string path) {
    std::ranges::sort(states);
    if (seen_.insert(states).second) work_.push_back({std::move(states), std::move(path)});
  }

  void visit(const Arrival& states, const std::string& path) {
    Arrival all = states;
    for (const Derivation& derivation : derive(model_, states)) all.push_back(derivation.state);
    for (FieldId field : schema_.types[model_.states[states.front()].type].fields) {
      if (!schema_.fields[field].accessible) continue;
      std::set<StateId> heads;
      bool reachable = false;
      for (StateId state : all) {
        const EdgeId edge = model_.find_edge(state, field);
        if (!edge) continue;
        reachable = true;
        if (model_.edges[edge].head) heads.insert(model_.edges[edge].head);
      }
      const std::string here = fmt::format("{}.{}", path, schema_.field_name(field));
      if (!reachable) report(field, here, all);
      if (!heads.empty()) descend(heads, here);
    }
  }

  void descend(const std::set<StateId>& heads, const std::string& path) {
    std::map<TypeId, Arrival> by_type;
    for (StateId head : heads) {
      const State& state = model_.states[head];
      for (size_t i = 0; i < state.runtime.size(); ++i) by_type[state.runtime[i]].push_back(state.casts[i]);
    }
    for (auto& [type, states] : by_type) {
      if (schema_.types[type].accessible) arrive(std::move(states), path);
    }
  }

  void report(FieldId field, const std::string& path, const Arrival& open) {
    if (messages_.size() >= messages_max_ || !reported_.insert(field).second) return;
    messages_.push_back(fmt::format("field \"{}.{}\" cannot be reached at {}: {}",
                                    schema_.type_name(schema_.fields[field].parent), schema_.field_name(field), path,
                                    fmt::join(reasons(field, open), "; ")));
  }

  /// For each subgraph that has `field`: why nothing leads there from where all of `open` are.
  std::vector<std::string> reasons(FieldId field, const Arrival& open) const {
    const TypeId type = schema_.fields[field].parent;
    std::vector<std::string> result;
    for (StateId id : model_.states_of_type[type.value()]) {
      const State& state = model_.states[id];
      if (state.provided || !model_.find_edge(id, field)) continue;  // a grant holds on its own path only
      bool key = false;
      for (JumpId jump : model_.jumps_into[type.value()]) {
        if (model_.jumps[jump].head != id || !model_.jumps[jump].key) continue;
        key = true;
        result.push_back(missing(model_.jumps[jump], open));
      }
      const std::string& name = supergraph_.subgraphs[state.subgraph].name;
      if (!key) {
        result.push_back(
            fmt::format("subgraph \"{}\" has it, but no resolvable key of \"{}\"", name, schema_.type_name(type)));
      }
    }
    if (result.empty()) result.emplace_back("no subgraph resolves it");
    return result;
  }

  std::string missing(const Jump& jump, const Arrival& open) const {
    const State& head = model_.states[jump.head];
    std::string text = fmt::format("subgraph \"{}\" needs its key \"{}\"", supergraph_.subgraphs[head.subgraph].name,
                                   model_.sets.sets[jump.key].text);
    if (head.required) text += fmt::format(" and \"{}\"", model_.sets.sets[head.required].text);
    for (SetItemId item : items_of(model_, jump, true).items) {
      const bool provided =
          std::ranges::any_of(open, [&](StateId state) { return provide(model_, state, item).has_value(); });
      if (!provided) return fmt::format("{}, and nothing there provides \"{}\"", text, item_path(item));
    }
    return text;
  }

  std::string item_path(SetItemId id) const {
    const SetItem& item = model_.sets.items[id];
    std::string text(schema_.field_name(item.field));
    if (item.cases.empty() || model_.sets.cases[item.cases.front()].items.empty()) return text;
    return fmt::format("{}.{}", text, item_path(model_.sets.cases[item.cases.front()].items.front()));
  }

  const Supergraph& supergraph_;
  const schema::Schema& schema_;
  const Model& model_;
  size_t messages_max_;
  std::set<Arrival> seen_;
  std::set<FieldId> reported_;
  std::vector<Work> work_;
  std::vector<std::string> messages_;
};

}  // namespace

std::vector<std::string> check_reachable(const Supergraph& supergraph, size_t messages_max) {
  return Checker(supergraph, messages_max).run();
}

}  // namespace signet::federation
