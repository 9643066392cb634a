#include "router/execution/shared_blocks.hpp"

#include <cstring>

#include "router/base/keyed_hash.hpp"

namespace signet::execution {

namespace {

constexpr uint32_t kTrialObjects = 64;  ///< of one shape, before it is judged
constexpr uint32_t kRepeatedShare = 8;  ///< one in so many must repeat
constexpr size_t kProbesMax = 16;       ///< beyond, an object is left alone
constexpr size_t kEntriesFirst = 256;

__extension__ using Wide = unsigned __int128;

uint64_t mix(uint64_t a, uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// Secret of this process: who writes answers cannot choose what collides, and collisions cost time only.
uint64_t secret() {
  static const uint64_t value = keyed_hash("shared blocks").low | 1;
  return value;
}

uint64_t hash_text(uint64_t hash, std::string_view text) {
  hash ^= text.size();
  while (text.size() >= 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = mix(hash ^ word, secret());
    text.remove_prefix(8);
  }
  uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  return mix(hash ^ rest, secret());
}

}  // namespace

SharedBlocks::SharedBlocks(const Plan& plan, Store& store) : plan_(plan), store_(store) {
  habits_.resize(plan.shapes.size());
}

SharedBlocks::Mark SharedBlocks::mark() const {
  return {.blocks = store_.blocks.size(),
          .slots = store_.slots.size(),
          .links = store_.links.size(),
          .lists = store_.lists.size(),
          .items = store_.items.size()};
}

uint32_t SharedBlocks::share(uint32_t block, const Mark& mark) {
  const federation::Shape& shape = plan_.shapes[store_.blocks[block].shape];
  if (shape.kind != federation::ShapeKind::landed || plan_.positions[shape.position].landed != 1) return block;
  Habit& habit = habits_[store_.blocks[block].shape.value()];
  if (habit.objects >= kTrialObjects && habit.repeated * kRepeatedShare < habit.objects) return block;
  uint64_t key = 0;
  if (!hash(block, key)) return block;
  ++habit.objects;
  if (used_ * 2 >= entries_.size()) grow();
  const size_t last = entries_.size() - 1;
  for (size_t probe = 0; probe < kProbesMax; ++probe) {
    Entry& entry = entries_[(key + probe) & last];
    if (entry.block == kNone) {
      entry = {.hash = key, .block = block};
      ++used_;
      return block;
    }
    if (entry.hash != key || !equal(entry.block, block)) continue;
    ++habit.repeated;
    store_.blocks.resize(mark.blocks);
    store_.slots.resize(mark.slots);
    store_.links.resize(mark.links);
    store_.lists.resize(mark.lists);
    store_.items.resize(mark.items);
    return entry.block;
  }
  return block;
}

/// False when the object may not be shared.
bool SharedBlocks::hash(uint32_t block, uint64_t& hash) const {
  const Block& known = store_.blocks[block];
  const federation::Shape& shape = plan_.shapes[known.shape];
  hash = mix(secret() ^ known.shape.value(), secret());
  for (size_t i = 0; i < shape.slots.size(); ++i) {
    if (shape.slots[i].type_case != known.type_case) continue;
    if (!hash_value(store_.slot(block, i), hash)) return false;
  }
  return true;
}

bool SharedBlocks::hash_value(const StoredValue& value, uint64_t& hash) const {
  switch (value.kind) {
    case ValueKind::leaf:
      hash = hash_text(hash, store_.raw(value));
      return true;
    case ValueKind::object:
      hash = mix(hash ^ value.index, secret());
      return true;
    case ValueKind::list: {
      const List& list = store_.lists[value.index];
      hash = mix(hash ^ list.count, secret());
      for (uint32_t i = 0; i < list.count; ++i) {
        if (!hash_value(store_.items[list.first + i], hash)) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

bool SharedBlocks::equal(uint32_t a, uint32_t b) const {
  const Block& known = store_.blocks[a];
  if (known.shape != store_.blocks[b].shape || known.type_case != store_.blocks[b].type_case) return false;
  const federation::Shape& shape = plan_.shapes[known.shape];
  for (size_t i = 0; i < shape.slots.size(); ++i) {
    if (shape.slots[i].type_case != known.type_case) continue;
    if (!equal_values(store_.slot(a, i), store_.slot(b, i))) return false;
  }
  return true;
}

bool SharedBlocks::equal_values(const StoredValue& a, const StoredValue& b) const {
  if (a.kind != b.kind) return false;
  if (a.kind == ValueKind::leaf) return store_.raw(a) == store_.raw(b);
  if (a.kind == ValueKind::object) return a.index == b.index;
  if (a.kind != ValueKind::list) return false;
  const List& one = store_.lists[a.index];
  const List& other = store_.lists[b.index];
  if (one.count != other.count) return false;
  for (uint32_t i = 0; i < one.count; ++i) {
    if (!equal_values(store_.items[one.first + i], store_.items[other.first + i])) return false;
  }
  return true;
}

void SharedBlocks::grow() {
  std::vector<Entry> old = std::move(entries_);
  entries_.assign(old.empty() ? kEntriesFirst : old.size() * 2, {});
  const size_t last = entries_.size() - 1;
  for (const Entry& entry : old) {
    if (entry.block == kNone) continue;
    size_t at = entry.hash & last;
    while (entries_[at].block != kNone) at = (at + 1) & last;
    entries_[at] = entry;
  }
}

}  // namespace signet::execution
