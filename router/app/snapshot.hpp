// Snapshot: everything a request needs, as one immutable object. A request uses exactly one.
//
// Only a Verified artifact becomes part of a snapshot.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "router/app/settings.hpp"
#include "router/app/tls_files.hpp"
#include "router/federation/supergraph.hpp"
#include "router/http/destination.hpp"
#include "router/policy/persisted_operations.hpp"
#include "signing/core/artifact.hpp"
#include "signing/core/verified.hpp"
#include "telemetry/record/label.hpp"

namespace signet::app {

/// How one subgraph is reached.
struct SubgraphEndpoint {
  std::shared_ptr<const http::Destination> to;
  std::chrono::milliseconds timeout{};
  telemetry::Label<telemetry::LabelClass::subgraph> label;
};

struct Graph {
  signing::Artifact artifact;  ///< evidence and provenance
  federation::Supergraph supergraph;
};

using Endpoints = IdVector<federation::SubgraphId, SubgraphEndpoint>;

struct Snapshot {
  uint64_t generation = 0;  ///< counts the snapshots of this process; never reused, as addresses are
  std::shared_ptr<const Settings> settings;
  std::shared_ptr<const Graph> graph;                             ///< null: none is loaded yet
  std::shared_ptr<const Endpoints> endpoints;                     ///< of the graph, under these settings
  std::shared_ptr<const policy::PersistedOperations> operations;  ///< null: the mode is off, or none is loaded yet

  /// True when requests can be answered.
  bool ready() const {
    return graph != nullptr &&
           (operations != nullptr || settings->config.operations.mode == config::OperationsMode::off);
  }
};

/// Step 6 of the gate. Cost: milliseconds to seconds; call it off the workers.
/// Errors: why no graph can be made, all load errors with their places in the SDL.
std::expected<std::shared_ptr<const Graph>, std::string> build_graph(
    const signing::Verified<signing::Artifact>& artifact);

/// How the graph's subgraphs are reached under these settings. Errors: a URL that is malformed, or not allowed by
/// subgraphs.allow (any more).
std::expected<std::shared_ptr<const Endpoints>, std::string> make_endpoints(const Graph& graph,
                                                                            const Settings& settings,
                                                                            const SubgraphTls& tls,
                                                                            telemetry::LabelTable& labels);

std::expected<std::shared_ptr<const policy::PersistedOperations>, std::string> build_operations(
    const signing::Verified<signing::Artifact>& artifact);

}  // namespace signet::app
