// Services: the world as one demo subgraph without federation, and each part of a split as a federated one.
//
// A subgraph knows the whole world but answers only for what its schema gives it: whatever else it is asked for is a
// violation. So is a representation that it could not read by its schema.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "router/demo/subgraph.hpp"
#include "tests/oracle/split.hpp"
#include "tests/oracle/world.hpp"

namespace signet::oracle {

/// What happens while one operation runs.
struct Ledger {
  int64_t mutations = 0;  ///< fields of Mutation executed so far
  std::vector<std::string> violations;
};

/// Lifetime: borrows `world` and `ledger`.
std::unique_ptr<demo::Subgraph> make_monolith(const World& world, Ledger& ledger);
/// Lifetime: borrows everything.
std::unique_ptr<demo::Subgraph> make_service(const World& world, const Split& split, size_t service, Ledger& ledger);

}  // namespace signet::oracle
