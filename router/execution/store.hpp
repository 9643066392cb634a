// What subgraphs have returned: bodies kept as they came, and blocks of slots that point into them.
//
// A block is one object as one fetch returned it, laid out by its shape; no keys are stored. An entity is not copied
// into the objects that refer to it: each of them holds a link, the number of the representation that was sent for it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/federation/plan.hpp"
#include "router/json/document.hpp"

namespace signet::execution {

using federation::CaseId;
using federation::FetchId;
using federation::Plan;
using federation::PositionId;
using federation::ShapeId;

enum class ValueKind : uint8_t {
  absent,  ///< never arrived
  null,
  failed,  ///< null, and an error says why
  leaf,    ///< `length` bytes from `index` on of body `body`
  object,  ///< `index` is a block
  list,    ///< `index` is a list
};

struct StoredValue {
  ValueKind kind = ValueKind::absent;
  json::Kind token = json::Kind::null;  ///< leaf: what it is in JSON
  uint16_t body = 0;
  uint32_t index = 0;
  uint32_t length = 0;
};

inline constexpr uint32_t kNone = UINT32_MAX;

struct Block {
  CaseId type_case;
  uint32_t first_slot = 0;  ///< where the shape's slot 0 would be; modulo 2^32
  uint32_t first_link = 0;
};

struct List {
  uint32_t first = 0;
  uint32_t count = 0;
};

/// Lifetime: of one execution.
class Store {
 public:
  explicit Store(const Plan& plan) {
    results.resize(plan.fetches.size());
    wanted.resize(plan.fetches.size());
  }

  /// Keeps the text of an answer, for as long as the store lives.
  uint16_t add_body(std::string text) {
    bodies.push_back(std::move(text));
    return static_cast<uint16_t>(bodies.size() - 1);
  }

  /// A block for an object of `type_case`, with room for what `layout` lists; null: nothing.
  uint32_t add_block(const federation::Shape& shape, CaseId type_case, const federation::CaseSlots* layout) {
    const uint32_t begin = layout == nullptr ? 0 : layout->begin;
    const uint32_t count = layout == nullptr ? 0 : layout->end - begin;
    // Places are those in the shape: what lies before the case's own is left out by counting from further back.
    blocks.push_back({.type_case = type_case,
                      .first_slot = static_cast<uint32_t>(slots.size()) - begin,
                      .first_link = static_cast<uint32_t>(links.size())});
    slots.resize(slots.size() + count);
    links.resize(links.size() + shape.link_count, kNone);
    return static_cast<uint32_t>(blocks.size() - 1);
  }

  uint32_t add_list(std::span<const StoredValue> values) {
    lists.push_back({.first = static_cast<uint32_t>(items.size()), .count = static_cast<uint32_t>(values.size())});
    items.insert(items.end(), values.begin(), values.end());
    return static_cast<uint32_t>(lists.size() - 1);
  }

  StoredValue slot(uint32_t block, uint32_t index) const { return slots[blocks[block].first_slot + index]; }
  StoredValue& slot(uint32_t block, uint32_t index) { return slots[blocks[block].first_slot + index]; }
  uint32_t& link(uint32_t block, size_t index) { return links[blocks[block].first_link + index]; }
  uint32_t link(uint32_t block, size_t index) const { return links[blocks[block].first_link + index]; }
  std::string_view raw(const StoredValue& leaf) const {
    return std::string_view(bodies[leaf.body]).substr(leaf.index, leaf.length);
  }

  std::vector<std::string> bodies;  ///< at most one for each request, of which a plan has less than 65,536
  std::vector<Block> blocks;
  std::vector<StoredValue> slots;
  std::vector<uint32_t> links;
  std::vector<List> lists;
  std::vector<StoredValue> items;
  /// By fetch: `data` of a root fetch, or one value for each representation of its list.
  IdVector<FetchId, std::vector<StoredValue>> results;
  /// Objects that were visited so far to find places in the answer; see kWalkObjectsMax.
  mutable uint64_t walked = 0;
  /// By entity fetch: the representations of its list that its own objects need; what lies beyond the end is not.
  IdVector<FetchId, std::vector<bool>> wanted;
};

}  // namespace signet::execution
