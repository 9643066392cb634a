// OperationCache: prepared operations with their plans, found with one lookup, bounded in bytes.
//
// A lookup goes by the keyed hash and then compares the bytes. Which entry goes is decided as in SIEVE: a hit marks its
// entry and moves nothing; a hand walks from the oldest to the newest, spares the marked ones once, and takes the first
// that is not. A flood of operations that come once passes through without driving out those that come again.
// Spec: https://www.usenix.org/conference/nsdi24/presentation/zhang-yazhuo
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "router/app/prepared_operation.hpp"

namespace signet::app {

/// An operation that a cache was asked for, and how often.
struct HotOperation {
  std::shared_ptr<const PreparedOperation> operation;
  std::vector<uint32_t> condition_masks;  ///< of the plans that were made for it, the last used first
  uint64_t uses = 0;
};

/// An entry: an operation, and the plans made for it so far.
class CachedOperation {
 public:
  /// `counted` is `operation` with the count of the cache's owner.
  CachedOperation(std::shared_ptr<const PreparedOperation> operation, std::shared_ptr<const PreparedOperation> counted);

  /// For the owner's thread.
  const std::shared_ptr<const PreparedOperation>& operation() const { return counted_; }
  /// As it was inserted: for other threads.
  const std::shared_ptr<const PreparedOperation>& shared() const { return operation_; }
  /// The plan for this outcome of the conditions, or null; it counts as the last one used.
  /// Lifetime: until the cache is changed.
  const OperationVariant* variant(uint32_t condition_mask);
  /// The last used first.
  std::span<const OperationVariant> variants() const { return variants_; }
  size_t bytes() const { return bytes_; }

 private:
  friend class OperationCache;
  void add(OperationVariant variant);
  void drop_oldest();

  std::shared_ptr<const PreparedOperation> operation_, counted_;
  std::vector<OperationVariant> variants_;
  size_t bytes_;
  bool used_ = false;
  uint64_t uses_ = 0;
};

/// Threads: its owner's.
class OperationCache {
 public:
  static constexpr size_t kVariantsMax = 32;
  /// What all caches of a process may hold together, as long as no more than kWorkersSharing workers run: half of what
  /// the smallest pod in deploy/kubernetes may use.
  static constexpr size_t kSharedBytesMax = 32u << 20;  ///< the planner pool's
  static constexpr size_t kFrontsBytesMax = 16u << 20;  ///< of all workers
  static constexpr size_t kFrontBytesMin = 1u << 20;    ///< a worker's, however many there are

  /// Whether entries share their reference counts with whoever else has them. Workers count for themselves: a count
  /// that all of them write costs each of them a cache miss per request.
  enum class Counts : uint8_t { shared, own };

  explicit OperationCache(size_t bytes_max, Counts counts = Counts::shared);

  /// The share of one of `workers` workers.
  static size_t front_bytes(size_t workers);

  /// Empties the cache unless it is of this generation already.
  void use(uint64_t generation);
  uint64_t generation() const { return generation_; }

  /// The entry, or null; always null when the cache is of another generation.
  /// Lifetime: until the cache is changed.
  CachedOperation* find(uint64_t generation, const OperationKey& key);
  /// Adds what is not there yet. Does nothing when the cache is of another generation, or when the operation alone
  /// takes more than half of the bound.
  void insert(uint64_t generation, const std::shared_ptr<const PreparedOperation>& operation,
              std::span<const OperationVariant> variants);

  /// The `count` operations that were found most often since this generation began, the hottest first. They are for any
  /// thread.
  std::vector<HotOperation> hottest(size_t count) const;

  size_t bytes() const { return bytes_; }
  size_t size() const { return entries_.size(); }

 private:
  using Entries = std::list<CachedOperation>;

  void make_room(size_t bytes);
  OperationVariant counted(const OperationVariant& variant) const;

  const size_t bytes_max_;
  const Counts counts_;
  uint64_t generation_ = 0;
  Entries entries_;  // newest first
  Entries::iterator hand_;
  std::unordered_map<OperationKey, Entries::iterator, OperationKeyHash> index_;  // keys borrow from the entries
  size_t bytes_ = 0;
};

}  // namespace signet::app
