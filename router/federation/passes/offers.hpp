// Offers: what each state can do for the items of one case, as bits, so that sets of states are compared and counted
// without looking at names again. Internal to the planner.
//
// A leaf is one bit. A composite item is one bit for each state in which its objects could land, next to each other in
// one word.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "router/federation/plan.hpp"

namespace signet::federation {

struct Draft;

/// A set of offers: words of bits, as many as CaseOffers::words().
using Cover = std::vector<uint64_t>;

inline void unite(std::span<uint64_t> into, const uint64_t* other) {
  for (size_t i = 0; i < into.size(); ++i) into[i] |= other[i];
}

class CaseOffers {
 public:
  /// One composite item.
  struct Composite {
    uint32_t item = 0;  ///< in DraftCase::items
    uint32_t word = 0;
    uint32_t shift = 0;
    uint32_t width = 0;  ///< landings of its position, at most 64
  };

  CaseOffers(const Draft& draft, CaseId type_case);

  size_t words() const { return leaves_.size(); }
  size_t leaf_count() const { return leaf_count_; }
  const std::vector<Composite>& composites() const { return composites_; }
  /// What `state`, of the case's type, offers.
  const uint64_t* of(const Model& model, StateId state) const {
    return &bits_[model.states[state].index * leaves_.size()];
  }

  /// The landings of `composite` that `cover` leads to, as bits of DraftPosition::landings.
  static uint64_t landings(const Cover& cover, const Composite& composite) {
    const uint64_t all = composite.width >= 64 ? ~uint64_t{0} : (uint64_t{1} << composite.width) - 1;
    return cover[composite.word] >> composite.shift & all;
  }
  /// Whether every item can be served.
  bool complete(const Cover& cover) const;
  /// How many items cannot.
  size_t missing(const Cover& cover) const;

 private:
  Cover leaves_;  ///< the bits of all leaves
  size_t leaf_count_ = 0;
  std::vector<Composite> composites_;
  std::vector<uint64_t> bits_;  ///< by State::index, words() each
};

}  // namespace signet::federation
