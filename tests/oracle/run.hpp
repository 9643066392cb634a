// Run: one case through the monolith and through the router's planner and execution.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/execution/workspace.hpp"
#include "router/federation/supergraph.hpp"
#include "tests/oracle/operations.hpp"
#include "tests/oracle/services.hpp"
#include "tests/oracle/split.hpp"
#include "tests/oracle/world.hpp"

namespace signet::oracle {

/// A world, a split of it, and everything that runs it.
class Stage {
 public:
  Stage(World world, Split split);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  enum class Verdict : uint8_t { same, unsupported, wrong };
  struct Outcome {
    Verdict verdict = Verdict::same;
    std::string problem;        ///< of a wrong one
    std::string expected, got;  ///< answers
    std::vector<std::string> requests;
  };

  /// Why the supergraph cannot be loaded; empty: it is.
  const std::string& refusal() const { return refusal_; }
  const World& world() const { return world_; }
  const Split& split() const { return split_; }
  const std::string& supergraph_sdl() const { return sdl_; }

  /// Whether the schema allows the operation: fields of different members may clash, which is found out only here.
  bool valid(const Operation& operation) const;
  /// `order` decides in which order subgraph requests complete.
  Outcome run(const Operation& operation, uint64_t order);

 private:
  /// Why the subgraph's schema does not allow the document of a request; empty: it does.
  std::string refusal_of(size_t service, std::string_view body) const;

  World world_;
  Split split_;
  std::string sdl_;
  std::string refusal_;
  Ledger ledger_;
  std::unique_ptr<federation::Supergraph> supergraph_;
  std::shared_ptr<execution::Workspace> workspace_ = std::make_shared<execution::Workspace>();
  std::unique_ptr<demo::Subgraph> monolith_;
  std::vector<std::unique_ptr<demo::Subgraph>> services_;
  std::vector<std::unique_ptr<schema::Schema>> schemas_;  ///< by subgraph, for the rules that the demo does not check
};

}  // namespace signet::oracle
