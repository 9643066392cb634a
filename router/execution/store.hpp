// What subgraphs have returned: texts of answers, and blocks of slots that point into them.
//
// A block is one object as one fetch returned it, laid out by its shape; no keys are stored. An entity is not copied
// into the objects that refer to it: each of them holds a link, the number of the representation that was sent for it.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/base/arena.hpp"
#include "router/execution/flat_array.hpp"
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
  leaf,
  object,
  list,
};

/// What arrived for one field, or for one item of a list. 16 bytes, because there are thousands; all of them zero:
/// nothing arrived.
class StoredValue {
 public:
  StoredValue() = default;
  explicit StoredValue(ValueKind kind) : kind(kind) {}
  /// `plain`: it fits its field's type, and is written as it came.
  static StoredValue leaf(std::string_view raw, json::Kind token, bool plain) {
    return {raw.data(), static_cast<uint32_t>(raw.size()), ValueKind::leaf, token, plain};
  }
  static StoredValue object(uint32_t block) { return {nullptr, block, ValueKind::object, json::Kind::object, false}; }
  static StoredValue list(uint32_t list) { return {nullptr, list, ValueKind::list, json::Kind::array, false}; }

  /// Leaves: the token, in a text that the store keeps (while an answer is being read, in that).
  std::string_view raw() const { return {text_, number_}; }
  /// Leaves: the text from this one's token on, until that of `last` ends: of a value that follows, through all
  /// between.
  std::string_view raw_until(const StoredValue& last) const {
    return {text_, static_cast<size_t>(last.text_ - text_) + last.number_};
  }
  /// The same token, elsewhere.
  void set_text(const char* text) { text_ = text; }
  /// Objects: in Store::blocks. Lists: in Store::lists.
  uint32_t index() const { return number_; }

 private:
  StoredValue(const char* text, uint32_t number, ValueKind kind, json::Kind token, bool plain)
      : text_(text), number_(number), kind(kind), token(token), plain(plain) {}

  const char* text_ = nullptr;
  uint32_t number_ = 0;

 public:
  ValueKind kind = ValueKind::absent;
  json::Kind token = json::Kind::null;  ///< leaf: what it is in JSON
  bool plain = false;
  bool follows = false;  ///< leaf: between the token of the slot before and its own are a comma and its name, no more
};

inline constexpr uint32_t kNone = UINT32_MAX;

struct Block {
  CaseId type_case;         ///< invalid: it is worth nothing, because its answer is not
  uint32_t first_slot = 0;  ///< where the shape's slot 0 would be; modulo 2^32
  uint32_t first_link = 0;
  uint32_t next = kNone;  ///< of the same shape, in the order in which they came
};

struct List {
  uint32_t first = 0;
  uint32_t count = 0;
};

/// Lifetime: of one execution.
class Store {
 public:
  explicit Store(const Plan& plan) { reset(plan); }
  /// As if it were new; its room stays.
  void reset(const Plan& plan);
  /// What it has taken from the allocator, nearly.
  size_t room_bytes() const;

  /// An answer of `text_bytes` is about to be read.
  void expect(size_t text_bytes) {
    // What an ordinary answer makes of its bytes; what is more comes in larger steps.
    constexpr size_t kBytesPerSlot = 48;
    constexpr size_t kBytesPerBlock = 192;
    slots.expect(text_bytes / kBytesPerSlot);
    blocks.expect(text_bytes / kBytesPerBlock);
    answer_bytes += text_bytes;
  }

  /// Keeps the text of an answer, where it does not move, for as long as the store lives.
  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }

  /// Copies what the slots from `first` on point to: it is about to go away. Most answers hold far less that was asked
  /// for and is not repeated than they have bytes.
  void keep_tokens(size_t first);

  /// A block for an object of `type_case`, with room for what `layout` lists; null: nothing.
  uint32_t add_block(ShapeId id, const federation::Shape& shape, CaseId type_case,
                     const federation::CaseSlots* layout) {
    const uint32_t begin = layout == nullptr ? 0 : layout->begin;
    const uint32_t count = layout == nullptr ? 0 : layout->end - begin;
    const auto block = static_cast<uint32_t>(blocks.size());
    const size_t link = links.extend(shape.link_count);
    for (size_t i = 0; i < shape.link_count; ++i) links[link + i] = kNone;
    // Places are those in the shape: what lies before the case's own is left out by counting from further back.
    blocks.push_back({.type_case = type_case,
                      .first_slot = static_cast<uint32_t>(slots.extend(count)) - begin,
                      .first_link = static_cast<uint32_t>(link)});
    Chain& chain = chains[id];
    (chain.last == kNone ? chain.first : blocks[chain.last].next) = block;
    chain.last = block;
    return block;
  }

  /// The blocks from `first` on came with an answer that turned out to be worth nothing.
  void disown(size_t first) {
    for (Block& block : blocks.values().subspan(first)) block.type_case = {};
  }

  uint32_t add_list(std::span<const StoredValue> values) {
    lists.push_back({.first = static_cast<uint32_t>(items.size()), .count = static_cast<uint32_t>(values.size())});
    items.append(values);
    return static_cast<uint32_t>(lists.size() - 1);
  }

  const StoredValue& slot(const Block& block, uint32_t index) const { return slots[block.first_slot + index]; }
  const StoredValue& slot(uint32_t block, uint32_t index) const { return slot(blocks[block], index); }
  StoredValue& slot(uint32_t block, uint32_t index) { return slots[blocks[block].first_slot + index]; }
  uint32_t& link(uint32_t block, size_t index) { return links[blocks[block].first_link + index]; }
  uint32_t link(uint32_t block, size_t index) const { return links[blocks[block].first_link + index]; }

  std::deque<std::string> texts;  ///< which do not move
  Arena tokens;                   ///< of other texts
  size_t answer_bytes = 0;        ///< that were read
  FlatArray<Block> blocks;
  struct Chain {
    uint32_t first = kNone, last = kNone;
  };
  IdVector<ShapeId, Chain> chains;  ///< of blocks
  FlatArray<StoredValue> slots;
  FlatArray<uint32_t> links;
  FlatArray<List> lists;
  FlatArray<StoredValue> items;
  /// By fetch: `data` of a root fetch, or one value for each representation of its list.
  IdVector<FetchId, std::vector<StoredValue>> results;
  /// Objects that were visited so far to find places in the answer; see kWalkObjectsMax.
  mutable uint64_t walked = 0;
  /// By entity fetch: the representations of its list that its own objects need; what lies beyond the end is not.
  IdVector<FetchId, std::vector<bool>> wanted;
};

}  // namespace signet::execution
