#include "router/federation/self_check.hpp"

#include <algorithm>
#include <fmt/format.h>
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
  Checker(const schema::Schema& schema, const Model& model, size_t messages_max)
      : schema_(schema), model_(model), messages_max_(messages_max) {}

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
      if (!reachable) report(field, here);
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

  void report(FieldId field, const std::string& path) {
    if (messages_.size() < messages_max_ && reported_.insert(field).second) {
      messages_.push_back(fmt::format("field \"{}.{}\" cannot be reached at {}",
                                      schema_.type_name(schema_.fields[field].parent), schema_.field_name(field),
                                      path));
    }
  }

  const schema::Schema& schema_;
  const Model& model_;
  size_t messages_max_;
  std::set<Arrival> seen_;
  std::set<FieldId> reported_;
  std::vector<Work> work_;
  std::vector<std::string> messages_;
};

}  // namespace

std::vector<std::string> check_reachable(const schema::Schema& schema, const Model& model, size_t messages_max) {
  return Checker(schema, model, messages_max).run();
}

}  // namespace signet::federation
