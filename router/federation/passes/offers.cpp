#include "router/federation/passes/offers.hpp"

#include <algorithm>

#include "router/federation/passes/draft.hpp"

namespace signet::federation {

namespace {

constexpr uint32_t kWordBits = 64;

}  // namespace

CaseOffers::CaseOffers(const Draft& draft, CaseId type_case) {
  const Model& model = draft.model();
  const std::vector<DraftItem>& items = draft.cases[type_case].items;
  uint32_t word = 0;
  uint32_t used = 0;
  std::vector<std::pair<uint32_t, uint32_t>> places;  // by item: word, shift
  for (uint32_t k = 0; k < items.size(); ++k) {
    const auto width =
        items[k].child ? static_cast<uint32_t>(draft.positions[items[k].child].landings.size()) : uint32_t{1};
    if (used + width > kWordBits) {
      ++word;
      used = 0;
    }
    places.emplace_back(word, used);
    if (items[k].child) composites_.push_back({.item = k, .word = word, .shift = used, .width = width});
    used += width;
  }
  leaves_.resize(word + 1);
  for (size_t k = 0; k < items.size(); ++k) {
    if (items[k].child) continue;
    leaves_[places[k].first] |= uint64_t{1} << places[k].second;
    ++leaf_count_;
  }
  const std::vector<StateId>& states = model.states_of_type[draft.plan.cases[type_case].type.value()];
  bits_.resize(states.size() * words());
  for (size_t i = 0; i < states.size(); ++i) {
    for (size_t k = 0; k < items.size(); ++k) {
      const EdgeId edge = model.find_edge(states[i], items[k].field);
      if (!edge) continue;
      size_t landing = 0;
      if (items[k].child) {
        const std::vector<StateId>& heads = draft.positions[items[k].child].landings;
        const auto head = std::ranges::find(heads, model.edges[edge].head);
        if (head == heads.end()) continue;  // a state that cannot be opened here
        landing = static_cast<size_t>(head - heads.begin());
      }
      bits_[i * words() + places[k].first] |= uint64_t{1} << (places[k].second + landing);
    }
  }
}

bool CaseOffers::complete(const Cover& cover) const {
  for (size_t i = 0; i < leaves_.size(); ++i) {
    if ((leaves_[i] & ~cover[i]) != 0) return false;
  }
  return std::ranges::all_of(composites_, [&](const Composite& each) { return landings(cover, each) != 0; });
}

size_t CaseOffers::missing(const Cover& cover) const {
  size_t count = 0;
  for (size_t i = 0; i < leaves_.size(); ++i) count += static_cast<size_t>(std::popcount(leaves_[i] & ~cover[i]));
  for (const Composite& composite : composites_) count += landings(cover, composite) == 0 ? 1 : 0;
  return count;
}

}  // namespace signet::federation
