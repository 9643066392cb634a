#include "router/app/operation_cache.hpp"

#include <algorithm>

namespace signet::app {
namespace {

// The same object behind a reference count of its own; null stays null.
template <class T>
std::shared_ptr<const T> with_own_count(const std::shared_ptr<const T>& shared) {
  if (shared == nullptr) return nullptr;
  const auto holder = std::make_shared<std::shared_ptr<const T>>(shared);
  return {holder, holder->get()};
}

}  // namespace

CachedOperation::CachedOperation(std::shared_ptr<const PreparedOperation> operation,
                                 std::shared_ptr<const PreparedOperation> counted)
    : operation_(std::move(operation)), counted_(std::move(counted)), bytes_(operation_->bytes()) {}

const OperationVariant* CachedOperation::variant(uint32_t condition_mask) {
  const auto found = std::ranges::find(variants_, condition_mask, &OperationVariant::condition_mask);
  if (found == variants_.end()) return nullptr;
  std::rotate(variants_.begin(), found, found + 1);
  return &variants_.front();
}

void CachedOperation::add(OperationVariant variant) {
  if (variants_.size() >= OperationCache::kVariantsMax) drop_oldest();
  bytes_ += variant.bytes;
  variants_.insert(variants_.begin(), std::move(variant));
}

void CachedOperation::drop_oldest() {
  bytes_ -= variants_.back().bytes;
  variants_.pop_back();
}

OperationCache::OperationCache(size_t bytes_max, Counts counts)
    : bytes_max_(bytes_max), counts_(counts), hand_(entries_.end()) {}

size_t OperationCache::front_bytes(size_t workers) {
  return std::max(kFrontBytesMin, kFrontsBytesMax / std::max<size_t>(1, workers));
}

void OperationCache::use(uint64_t generation) {
  if (generation_ == generation) return;
  index_.clear();
  entries_.clear();
  hand_ = entries_.end();
  bytes_ = 0;
  generation_ = generation;
}

CachedOperation* OperationCache::find(uint64_t generation, const OperationKey& key) {
  if (generation_ != generation) return nullptr;
  const auto found = index_.find(key);
  if (found == index_.end()) return nullptr;
  found->second->used_ = true;
  ++found->second->uses_;
  return &*found->second;
}

void OperationCache::insert(uint64_t generation, const std::shared_ptr<const PreparedOperation>& operation,
                            std::span<const OperationVariant> variants) {
  if (generation_ != generation) return;
  const size_t entry_bytes_max = bytes_max_ / 2;
  auto known = index_.find(operation->key());
  if (known == index_.end()) {
    CachedOperation fresh(operation, counts_ == Counts::own ? with_own_count(operation) : operation);
    if (fresh.bytes() > entry_bytes_max) return;
    make_room(fresh.bytes());
    bytes_ += fresh.bytes();
    entries_.push_front(std::move(fresh));
    known = index_.emplace(entries_.front().operation()->key(), entries_.begin()).first;
  }
  CachedOperation& entry = *known->second;
  bytes_ -= entry.bytes();
  for (size_t i = variants.size(); i-- > 0;) {  // the first one becomes the last used
    if (entry.variant(variants[i].condition_mask) == nullptr) entry.add(counted(variants[i]));
  }
  while (entry.bytes() > entry_bytes_max) entry.drop_oldest();
  bytes_ += entry.bytes();
  make_room(0);
}

std::vector<HotOperation> OperationCache::hottest(size_t count) const {
  std::vector<const CachedOperation*> entries;
  entries.reserve(entries_.size());
  for (const CachedOperation& entry : entries_) entries.push_back(&entry);
  count = std::min(count, entries.size());
  std::ranges::partial_sort(entries, entries.begin() + static_cast<ptrdiff_t>(count), std::greater(),
                            [](const CachedOperation* entry) { return entry->uses_; });
  std::vector<HotOperation> hottest;
  for (const CachedOperation* entry : std::span(entries).first(count)) {
    hottest.push_back({.operation = entry->shared(), .condition_masks = {}, .uses = entry->uses_});
    for (const OperationVariant& variant : entry->variants()) {
      hottest.back().condition_masks.push_back(variant.condition_mask);
    }
  }
  return hottest;
}

OperationVariant OperationCache::counted(const OperationVariant& variant) const {
  if (counts_ == Counts::shared) return variant;
  return {variant.condition_mask, with_own_count(variant.plan), with_own_count(variant.introspection),
          with_own_count(variant.usage), variant.bytes};
}

void OperationCache::make_room(size_t bytes) {
  while (bytes_ + bytes > bytes_max_ && !entries_.empty()) {
    if (hand_ == entries_.end()) hand_ = std::prev(entries_.end());
    const auto at = hand_;
    hand_ = at == entries_.begin() ? entries_.end() : std::prev(at);
    if (std::exchange(at->used_, false)) continue;
    bytes_ -= at->bytes();
    index_.erase(at->operation()->key());
    entries_.erase(at);
  }
}

}  // namespace signet::app
