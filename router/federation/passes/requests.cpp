// Requests: which fetches travel together. A stage holds the fetches whose longest chain of dependencies is equally
// long; the entity fetches of one stage that go to one subgraph are one request with an `_entities` field for each, and
// fetches that select the same of one type share that field. Fetches of one stage never wait for each other, so that no
// request can wait for itself. The price: a request waits for the slowest of what its fetches depend on. The algorithm:
// federation-engine.md §4.2, pass 5.

#include <algorithm>
#include <fmt/format.h>

#include "router/base/sort_unique.hpp"
#include "router/federation/passes/draft.hpp"
#include "router/graphql/printer.hpp"
#include "router/json/writer.hpp"

namespace signet::federation {

namespace {

constexpr size_t kJoinedGroupsMax = 200;  // joining looks at every pair; plans that are larger go without

class RequestMaker {
 public:
  RequestMaker(Draft& draft, const graphql::Document& document)
      : draft_(draft), plan_(draft.plan), document_(document) {}

  void run() {
    group();
    for (size_t i = 0; i < plan_.requests.size(); ++i) depend(RequestId(i));
    for (Request& request : plan_.requests) print(request);
  }

 private:
  /// Fetches that will be one request.
  struct Group {
    SubgraphId subgraph;
    uint32_t stage = 0;
    bool entities = false;
    std::vector<FetchId> fetches;
  };

  void group() {
    dependents_.resize(plan_.fetches.size());
    std::vector<uint32_t> stages(plan_.fetches.size());
    for (size_t i = 0; i < stages.size(); ++i) {
      const Fetch& fetch = plan_.fetches[FetchId(i)];
      for (FetchId dependency : fetch.dependencies) {
        stages[i] = std::max(stages[i], stages[dependency.value()] + 1);
        dependents_[dependency.value()].push_back(FetchId(i));
      }
      const bool entities = fetch.kind == FetchKind::entity;
      const auto known = std::ranges::find_if(groups_, [&](const Group& each) {
        return entities && each.entities && each.stage == stages[i] && each.subgraph == fetch.subgraph;
      });
      group_of_.push_back(static_cast<size_t>(known - groups_.begin()));
      if (known == groups_.end()) {
        groups_.push_back({.subgraph = fetch.subgraph, .stage = stages[i], .entities = entities, .fetches = {}});
      }
      groups_[group_of_.back()].fetches.push_back(FetchId(i));
    }
    if (groups_.size() <= kJoinedGroupsMax) join();
    std::vector<const Group*> order;
    for (const Group& each : groups_) {
      if (!each.fetches.empty()) order.push_back(&each);
    }
    std::ranges::sort(order, {}, [](const Group* each) { return std::pair(each->stage, each->fetches.front()); });
    for (const Group* each : order) add_request(*each);
  }

  /// Late groups first, so that a whole chain can end up in its last one.
  void join() {
    std::vector<size_t> order(groups_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, std::ranges::greater(), [&](size_t i) { return std::pair(groups_[i].stage, i); });
    for (size_t early : order) {
      for (size_t late : order) {
        if (!may_join(early, late)) continue;
        for (FetchId fetch : groups_[early].fetches) group_of_[fetch.value()] = late;
        std::vector<FetchId>& fetches = groups_[late].fetches;
        fetches.insert(fetches.end(), groups_[early].fetches.begin(), groups_[early].fetches.end());
        std::ranges::sort(fetches);
        groups_[early].fetches.clear();
        break;
      }
    }
  }

  bool may_join(size_t early, size_t late) const {
    const Group& from = groups_[early];
    const Group& to = groups_[late];
    if (!from.entities || !to.entities || from.subgraph != to.subgraph || from.stage >= to.stage) return false;
    if (from.fetches.empty() || to.fetches.empty()) return false;
    const bool needed_before = std::ranges::any_of(from.fetches, [&](FetchId fetch) {
      return std::ranges::any_of(dependents_[fetch.value()], [&](FetchId dependent) {
        return groups_[group_of_[dependent.value()]].stage <= to.stage;
      });
    });
    if (needed_before) return false;
    const std::vector<bool> waited_for = ancestors(late);
    return std::ranges::all_of(from.fetches, [&](FetchId fetch) {
      return std::ranges::all_of(plan_.fetches[fetch].dependencies,
                                 [&](FetchId input) { return waited_for[group_of_[input.value()]]; });
    });
  }

  /// The groups that `start` waits for.
  std::vector<bool> ancestors(size_t start) const {
    std::vector<bool> found(groups_.size());
    std::vector<size_t> open{start};
    while (!open.empty()) {
      const size_t at = open.back();
      open.pop_back();
      for (FetchId fetch : groups_[at].fetches) {
        for (FetchId dependency : plan_.fetches[fetch].dependencies) {
          const size_t next = group_of_[dependency.value()];
          if (found[next]) continue;
          found[next] = true;
          open.push_back(next);
        }
      }
    }
    return found;
  }

  void add_request(const Group& group) {
    const RequestId id = plan_.requests.push_back({.subgraph = group.subgraph,
                                                   .mutation = plan_.fetches[group.fetches.front()].mutation,
                                                   .stage = group.stage,
                                                   .fetches = group.fetches,
                                                   .lists = {},
                                                   .dependencies = {},
                                                   .dependents = {},
                                                   .document = {},
                                                   .body_prefix = {},
                                                   .variables = {}});
    std::vector<EntityList>& lists = plan_.requests[id].lists;
    for (FetchId fetch_id : group.fetches) {
      Fetch& fetch = plan_.fetches[fetch_id];
      fetch.request = id;
      if (!group.entities) continue;
      const auto shared = std::ranges::find_if(lists, [&](const EntityList& list) {
        const FetchId first = list.fetches.front();
        return type_of(plan_.fetches[first]) == type_of(fetch) &&
               draft_.fetches[first].selection == draft_.fetches[fetch_id].selection;
      });
      fetch.list = static_cast<uint16_t>(shared - lists.begin());
      if (shared == lists.end()) {
        lists.push_back({.wire_name = {}, .representations = {}, .fetches = {fetch_id}});
      } else {
        shared->fetches.push_back(fetch_id);
      }
    }
  }

  TypeId type_of(const Fetch& fetch) const { return plan_.cases[fetch.type_case].type; }

  void depend(RequestId id) {
    std::vector<RequestId> dependencies;
    for (FetchId fetch : plan_.requests[id].fetches) {
      for (FetchId dependency : plan_.fetches[fetch].dependencies) {
        dependencies.push_back(plan_.fetches[dependency].request);
      }
    }
    sort_unique(dependencies);
    for (RequestId dependency : dependencies) plan_.requests[dependency].dependents.push_back(id);
    plan_.requests[id].dependencies = std::move(dependencies);
  }

  void print(Request& request) {
    std::vector<operation::VariableId> variables;
    for (FetchId fetch : request.fetches) {
      const std::vector<operation::VariableId>& used = draft_.fetches[fetch].variables;
      variables.insert(variables.end(), used.begin(), used.end());
    }
    sort_unique(variables);
    std::string head;
    const std::string selection =
        request.lists.empty() ? draft_.fetches[request.fetches.front()].selection : print_lists(request, head);
    for (operation::VariableId id : variables) {
      const operation::Variable& variable = draft_.operation.variables[id];
      head += fmt::format("{}${}:{}", head.empty() ? "" : ",", variable.name, draft_.schema().print(variable.type));
      // A default makes a nullable variable fit a non-null argument.
      if (variable.default_value) head += "=" + graphql::print_value(document_, variable.default_value);
      request.variables.push_back({.name_json = json_key(variable.name), .variable = id});
    }
    if (request.mutation || !head.empty()) request.document = request.mutation ? "mutation" : "query";
    if (!head.empty()) request.document += fmt::format("({})", head);
    request.document += selection;
    request.body_prefix = "{\"query\":";
    json::append_string(request.body_prefix, request.document);
    request.body_prefix += ",\"variables\":{";
  }

  /// `{_entities(…){…}}`, and in `head` the variables of its representations.
  std::string print_lists(Request& request, std::string& head) const {
    const std::string base = representations_name();
    const bool several = request.lists.size() > 1;
    std::string selection = "{";
    for (size_t i = 0; i < request.lists.size(); ++i) {
      EntityList& list = request.lists[i];
      list.wire_name = several ? fmt::format("_e{}", i) : "_entities";
      const std::string name = several ? fmt::format("{}{}", base, i) : base;
      list.representations = json_key(name);
      head += fmt::format("{}${}:[_Any!]!", i == 0 ? "" : ",", name);
      if (several) selection += fmt::format("{}{}:", i == 0 ? "" : " ", list.wire_name);
      selection += fmt::format("_entities(representations:${}){{...on {}{}}}", name,
                               plan_.cases[plan_.fetches[list.fetches.front()].type_case].type_name,
                               draft_.fetches[list.fetches.front()].selection);
    }
    return selection + "}";
  }

  /// No variable of the operation starts with it.
  std::string representations_name() const {
    std::string name = "representations";
    const auto taken = [&] {
      return std::ranges::any_of(draft_.operation.variables,
                                 [&](const auto& each) { return each.name.starts_with(name); });
    };
    while (taken()) name.insert(name.begin(), '_');
    return name;
  }

  Draft& draft_;
  Plan& plan_;
  const graphql::Document& document_;
  std::vector<Group> groups_;
  std::vector<size_t> group_of_;                  ///< by fetch
  std::vector<std::vector<FetchId>> dependents_;  ///< by fetch
};

}  // namespace

void make_requests(Draft& draft, const graphql::Document& document) {
  RequestMaker(draft, document).run();
}

}  // namespace signet::federation
