// PlannerPool: prepares and plans operations off the workers, and owns the cache that all workers share.
//
// One thread, the keeper, owns the cache and the list of what is being planned; planner threads do the work. All of
// them talk by messages: worker → keeper → planner → keeper → worker. What the cache has, the keeper answers at once,
// however busy the planners are. Questions that are the same wait for one answer (single flight). Refusals are answered
// to all who wait and not kept: they cost a flight each time, and never room that a plan could have.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "router/app/operation_cache.hpp"
#include "router/base/clock.hpp"
#include "router/net/loop_thread.hpp"

namespace signet::app {

/// What a worker asks: an operation by its text, or a plan of an operation that it has.
struct PlanQuestion {
  std::shared_ptr<const Snapshot> snapshot;
  Hash128 hash;  ///< OperationKey::of(text, name)
  std::string text;
  std::string name;
  std::shared_ptr<const PreparedOperation> operation =
      nullptr;  ///< then only its plan for `condition_mask` is asked for
  uint32_t condition_mask = 0;

  /// Lifetime: of this object.
  OperationKey key() const { return operation ? operation->key() : OperationKey{hash, text, name}; }
};

/// The answer: what was asked for, or why there is none. Asked by text, an operation without conditions comes planned;
/// one with conditions comes with the plans that the cache has.
/// Threads: immutable, shared by all who asked.
struct Planned {
  std::shared_ptr<const PreparedOperation> operation;  ///< null: refused
  std::vector<OperationVariant> variants;
  DocumentErrors errors;
  bool cached = false;  ///< nothing was done for it
};

/// The answer when too many wait: PLANNER_BUSY.
const std::shared_ptr<const Planned>& planner_busy();

/// The work itself. Threads: a planner's.
Planned plan_operation(const PlanQuestion& question, telemetry::LabelTable& labels);

class PlannerPool {
 public:
  struct Settings {
    unsigned threads = 1;
    size_t cache_bytes_max = OperationCache::kSharedBytesMax;
    size_t queued_max = 256;      ///< operations waiting for a planner
    size_t waiting_max = 20'000;  ///< requests waiting for an answer: twice the connections that clients may have
  };
  /// Threads: called on planner threads.
  using Work = std::function<Planned(const PlanQuestion&)>;
  /// Called after each piece of work with the time it took. Threads: the keeper's.
  using Report = std::function<void(std::chrono::nanoseconds)>;
  using Reply = std::move_only_function<void(const Planned&)>;

  /// Half as many planners as workers: planning is rare, and workers share the same CPUs.
  static unsigned threads_for(unsigned workers) { return workers < 4 ? 1 : workers / 2; }

  PlannerPool(Settings settings, Work work, Report report, const Clock& clock);
  ~PlannerPool() { stop(); }
  PlannerPool(const PlannerPool&) = delete;
  PlannerPool& operator=(const PlannerPool&) = delete;

  /// `reply` runs on `loop`, once, never inside this call; when the queue is full with PLANNER_BUSY. After `deadline`
  /// the asker does not care any more. False: too many wait already, and `reply` will not run.
  /// Lifetime: `loop` outlives the pool, or stop(). Threads: any; never blocks on the pool's work.
  [[nodiscard]] bool ask(PlanQuestion question, SteadyTime deadline, net::EventLoop& loop, Reply reply);
  /// Requests will be of this generation from now on: what is cached of others goes, and `warm` takes its place, the
  /// hottest first. Threads: any.
  void use(uint64_t generation, std::vector<Planned> warm = {});
  /// What the shared cache holds, the most wanted by workers first; `reply` runs on `loop`. Threads: any.
  void hottest(size_t count, net::EventLoop& loop, std::move_only_function<void(std::vector<HotOperation>)> reply);
  /// Ends the threads; what is being planned is finished first, nothing is replied any more. Once all who ask have
  /// stopped.
  void stop();

  /// The shared cache, as of its last change. Threads: any.
  size_t cached_bytes() const { return cached_bytes_.load(std::memory_order_relaxed); }
  size_t cached_operations() const { return cached_operations_.load(std::memory_order_relaxed); }

 private:
  struct Waiter {
    SteadyTime deadline;
    net::EventLoop* loop = nullptr;
    Reply reply;
  };
  // One piece of work and all who wait for it.
  struct Flight {
    explicit Flight(PlanQuestion asked) : question(std::move(asked)) {}
    const PlanQuestion question;
    std::vector<Waiter> waiters;  // the keeper's
  };
  struct FlightKey {
    OperationKey key;  // borrows from the flight's question
    uint64_t generation;
    bool by_text;
    uint32_t condition_mask;
    friend bool operator==(const FlightKey&, const FlightKey&) = default;
  };
  struct FlightKeyHash {
    size_t operator()(const FlightKey& key) const { return key.key.hash.low + key.condition_mask; }
  };
  static FlightKey key_of(const PlanQuestion& question);

  // On the keeper.
  void take(PlanQuestion question, Waiter waiter);
  std::shared_ptr<const Planned> find(const PlanQuestion& question);
  void dispatch();
  void finish(const std::shared_ptr<Flight>& flight, Planned planned, net::LoopThread& planner,
              std::chrono::nanoseconds took);
  void answer(Waiter waiter, std::shared_ptr<const Planned> planned);
  void show_size();

  const Settings settings_;
  const Work work_;
  const Report report_;
  const Clock& clock_;
  std::atomic<size_t> waiting_ = 0;
  std::atomic<size_t> cached_bytes_ = 0, cached_operations_ = 0;

  OperationCache cache_;
  std::unordered_map<FlightKey, std::shared_ptr<Flight>, FlightKeyHash> flights_;
  std::deque<std::shared_ptr<Flight>> queue_;
  std::vector<net::LoopThread*> idle_;

  net::LoopThread keeper_;
  std::vector<std::unique_ptr<net::LoopThread>> planners_;
};

}  // namespace signet::app
