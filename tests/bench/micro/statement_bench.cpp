// A signed statement, verified: what a router does for each poll, and what the gate does with a new graph.
#include <benchmark/benchmark.h>

#include "tests/bench/micro/allocations.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::bench {
namespace {

using signing::testing_support::World;

/// Both signatures, HMAC and Ed25519, freshness and context; no artifact.
void statement_verification(benchmark::State& state) {
  World world;
  const signing::Candidate candidate = world.candidate(signing::testing_support::kSupergraph);
  const signing::Gate gate(world.policy, world.clock, world.events);
  const AllocationCounter allocations(state);
  for (auto unused : state) {
    const auto verdict = gate.wanted(candidate.statement, signing::SourceKind::cdn, world.state);
    if (!std::holds_alternative<signing::Wanted>(verdict)) return state.SkipWithError("the statement is refused");
  }
}

/// The whole gate: the statement, the artifact's digest, its form and its URLs.
void gate_examination(benchmark::State& state) {
  World world;
  const signing::Candidate candidate = world.candidate(signing::testing_support::kSupergraph);
  const signing::Gate gate(world.policy, world.clock, world.events);
  const AllocationCounter allocations(state);
  for (auto unused : state) {
    const std::string verdict = World::verdict_of(gate.examine(candidate, world.state));
    if (verdict != "accepted") return state.SkipWithError(verdict.c_str());
  }
}

BENCHMARK(statement_verification)->Unit(benchmark::kMicrosecond);
BENCHMARK(gate_examination)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace signet::bench
