// Split: which subgraph has which part of a world, and how that is written as subgraph schemas and as the supergraph
// that a composition of them would give.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/oracle/world.hpp"

namespace signet::oracle {

struct KeyUse {
  size_t key = 0;  ///< in TypeDef::keys
  bool resolvable = true;
};

/// One type in one subgraph.
struct Part {
  std::vector<KeyUse> keys;
  std::set<std::string, std::less<>> resolves;
  std::set<std::string, std::less<>> external;
  std::set<std::string, std::less<>> overridden;   ///< declared, but another subgraph took the field over
  std::set<std::string, std::less<>> represented;  ///< computed from the representation: @requires
  std::map<std::string, FieldSet, std::less<>> provides;

  bool enterable() const;
  bool has(std::string_view field) const;
};

struct Service {
  std::map<std::string, Part, std::less<>> parts;  ///< by type
  bool numeric_ids = false;                        ///< writes IDs that look like integers as numbers
  std::set<size_t> unknown;                        ///< rows: entities it answers null for
  bool restyles = false;                           ///< writes JSON with odd spaces and escapes

  const Part* part(std::string_view type) const;
};

struct Split {
  std::vector<Service> services;
  std::set<std::string, std::less<>> spelled;          ///< "Type.field" with join lines that say nothing new
  std::set<std::string, std::less<>> used_overridden;  ///< "Type.field"
  std::vector<std::string> order;                      ///< of types in the supergraph

  static std::string name(size_t service) { return "s" + std::to_string(service); }
};

/// Lets some subgraphs not know some entities. What only they resolve is null in the world then, so the monolith says
/// what is right; nothing else may depend on it: no key leads through them, no requirement names their fields.
void forget_entities(World& world, Split& split, uint64_t seed);

/// A split by which every field can be reached, unless chance has it otherwise.
Split make_split(const World& world, uint64_t seed);

std::string print_subgraph(const World& world, const Split& split, size_t service);
std::string print_supergraph(const World& world, const Split& split);

}  // namespace signet::oracle
