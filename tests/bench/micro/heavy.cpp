#include "tests/bench/micro/heavy.hpp"

#include <cstdlib>
#include <map>

#include "router/demo/shop.hpp"
#include "router/execution/reader.hpp"
#include "router/execution/representation.hpp"
#include "tests/support/golden.hpp"

namespace signet::bench {

using execution::Store;
using federation::FetchId;
using federation::RequestId;

namespace {

void read(const federation::Plan& plan, RequestId id, const std::vector<uint32_t>& representations, std::string body,
          Store& store) {
  std::vector<execution::FetchError> errors;
  read_answer(plan, {}, id, representations, {.status = 200, .body = std::move(body)}, *workspace(), store, errors);
  if (!errors.empty()) std::abort();  // nothing that is measured on wrong answers counts
}

HeavyRun make_run() {
  testing::Planned planned = testing::plan_text(heavy_graph(), heavy_operation());
  HeavyRun run{.plan = planned.plan, .variables = std::move(planned.variables), .representations = {}, .answers = {}};
  std::map<std::string, demo::Subgraph> subgraphs;
  for (demo::SubgraphDefinition& definition : demo::shop()) {
    const std::string name = definition.name;
    subgraphs.emplace(std::piecewise_construct, std::forward_as_tuple(name),
                      std::forward_as_tuple(std::move(definition)));
  }
  Store store(*run.plan);
  for (size_t i = 0; i < run.plan->requests.size(); ++i) {
    const federation::Request& request = run.plan->requests[RequestId(i)];
    std::string body = request.body_prefix;
    run.representations.push_back(write_lists(*run.plan, RequestId(i), store, body));
    body += "}}";
    const std::string& name = heavy_graph().subgraphs[request.subgraph].name;
    run.answers.push_back(subgraphs.at(name).execute(body).body);
    read(*run.plan, RequestId(i), run.representations.back(), run.answers.back(), store);
  }
  return run;
}

}  // namespace

const std::shared_ptr<execution::Workspace>& workspace() {
  static const auto shared = std::make_shared<execution::Workspace>();
  return shared;
}

const federation::Supergraph& heavy_graph() {
  static const federation::Supergraph graph = *federation::load_supergraph(
      testing::read_file(testing::golden_folder() / "../../router/demo/supergraph.graphql"));
  return graph;
}

const std::string& heavy_operation() {
  static const std::string text = testing::read_file(testing::golden_folder() / "../bench/heavy.graphql");
  return text;
}

const HeavyRun& heavy_run() {
  static const HeavyRun run = make_run();
  return run;
}

std::vector<uint32_t> write_lists(const federation::Plan& plan, RequestId id, Store& store, std::string& body) {
  std::vector<uint32_t> numbers;
  for (const federation::EntityList& list : plan.requests[id].lists) {
    if (!numbers.empty()) body += ',';
    body += list.representations;
    execution::RepresentationList representations(plan, store, body, workspace()->representations);
    for (FetchId fetch : list.fetches) representations.add(fetch);
    numbers.push_back(representations.finish());
  }
  return numbers;
}

void read_answers(const HeavyRun& run, std::vector<std::string>&& answers, Store& store) {
  for (size_t i = 0; i < answers.size(); ++i) {
    const std::vector<federation::EntityList>& lists = run.plan->requests[RequestId(i)].lists;
    for (size_t list = 0; list < lists.size(); ++list) {
      for (FetchId fetch : lists[list].fetches) store.wanted[fetch].assign(run.representations[i][list], true);
    }
    read(*run.plan, RequestId(i), run.representations[i], std::move(answers[i]), store);
  }
}

Store heavy_store() {
  const HeavyRun& run = heavy_run();
  Store store(*run.plan);
  for (size_t i = 0; i < run.answers.size(); ++i) {
    std::string body;
    write_lists(*run.plan, RequestId(i), store, body);
    read(*run.plan, RequestId(i), run.representations[i], run.answers[i], store);
  }
  return store;
}

}  // namespace signet::bench
