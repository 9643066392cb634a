// Cases: numbered by world and operation, run in batches, failures shrunk and written down.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/oracle/run.hpp"

namespace signet::oracle {

inline constexpr uint64_t kOperationsPerWorld = 12;

struct Tally {
  uint64_t worlds = 0, refused_worlds = 0;
  uint64_t operations = 0, unsupported = 0;
  uint64_t discarded = 0;                      ///< operations that the schema does not allow, made again
  uint64_t requests = 0, entity_requests = 0;  ///< to subgraphs
  std::vector<std::string> refusals;           ///< of worlds
  std::vector<std::string> failures;           ///< one line each, with the path of the report

  void add(const Tally& other);
};

/// Runs all operations of world `seed`, or only number `only`.
Tally run_world(uint64_t seed, int64_t only = -1);

struct Case {
  World world;
  Split split;
  Operation operation;
  uint64_t order = 0;
};
/// The smallest case found that still has a problem of the kind of `problem`, by taking out one thing after another.
Case shrink(Case given, std::string_view problem);
/// Everything about a case, for people.
std::string report(const Case& given);

}  // namespace signet::oracle
