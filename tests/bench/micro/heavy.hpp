// Workload a: the demo's graph, the heavy operation, and what the demo's subgraphs answer to its requests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "router/execution/workspace.hpp"
#include "tests/support/planning.hpp"

namespace signet::bench {

/// Shared by all that is measured, as by the requests of a worker.
const std::shared_ptr<execution::Workspace>& workspace();
const federation::Supergraph& heavy_graph();
const std::string& heavy_operation();

/// The heavy operation's plan, and by request: how many representations its lists held, and the answer's body.
struct HeavyRun {
  std::shared_ptr<const federation::Plan> plan;
  operation::CoercedVariables variables;
  std::vector<std::vector<uint32_t>> representations;
  std::vector<std::string> answers;
};

/// Made once, with the demo's subgraphs.
const HeavyRun& heavy_run();
/// Appends the representation lists of request `id` to `body`, and links their objects. The numbers by list.
std::vector<uint32_t> write_lists(const federation::Plan& plan, federation::RequestId id, execution::Store& store,
                                  std::string& body);
/// Reads all of `answers` into `store`.
void read_answers(const HeavyRun& run, std::vector<std::string>&& answers, execution::Store& store);
/// A store that holds every answer, linked.
execution::Store heavy_store();

}  // namespace signet::bench
