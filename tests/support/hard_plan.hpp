// A graph with very many equal plans: seven subgraphs, one key, and every field belongs to four of them
// (federation-engine.md §3.4). Per-leaf alternatives multiply; states of positions do not.
#pragma once

#include <fmt/format.h>
#include <string>
#include <vector>

#include "tests/support/small_graph.hpp"

namespace signet::testing {

inline constexpr size_t kHardSubgraphs = 7;
inline constexpr size_t kHardOwners = 4;
inline constexpr size_t kHardLevels = 5;  ///< of objects; each has four objects below it, the last ones four leaves

/// Owners differ from field to field, always in the same way.
inline std::string hard_owners(size_t field) {
  std::string lines;
  for (size_t i = 0; i < kHardOwners; ++i) {
    lines += fmt::format(" @join__field(graph: S{})", (field * 3 + i * (1 + field % 3)) % kHardSubgraphs);
  }
  return lines;
}

inline std::string hard_supergraph() {
  std::vector<std::string> names;
  std::string roots, keys;
  for (size_t i = 0; i < kHardSubgraphs; ++i) {
    names.push_back(fmt::format("s{}", i));
    roots += fmt::format(" @join__type(graph: S{})", i);
    keys += fmt::format(" @join__type(graph: S{}, key: \"id\")", i);
  }
  std::string sdl = supergraph_head(names);
  sdl += fmt::format("type Query{} {{ node: N0{} }}\n", roots, hard_owners(0));
  for (size_t level = 0; level < kHardLevels; ++level) {
    sdl += fmt::format("type N{}{} {{\n  id: ID!\n", level, keys);
    const bool last = level + 1 == kHardLevels;
    for (size_t i = 0; i < 4; ++i) {
      const std::string type = last ? std::string("Int") : fmt::format("N{}", level + 1);
      sdl += fmt::format("  f{}: {}{}\n", i, type, hard_owners(level * 4 + i + 1));
    }
    sdl += "}\n";
  }
  return sdl;
}

/// 341 objects with 1,024 leaves.
inline std::string hard_operation() {
  std::string selection;
  for (size_t level = 0; level < kHardLevels; ++level) {
    std::string wider = "{";
    for (size_t i = 0; i < 4; ++i) wider += fmt::format(" f{}{}", i, selection);
    selection = wider + " }";
  }
  return fmt::format("{{ node {} }}", selection);
}

}  // namespace signet::testing
