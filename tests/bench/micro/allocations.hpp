// Allocations per operation, counted by operator new of the benchmark's own binary.
#pragma once

#include <benchmark/benchmark.h>
#include <cstdint>

namespace signet::bench {

/// All calls of operator new in this process so far.
uint64_t allocations_so_far();

/// Reports what happens during its lifetime as `allocations` per iteration. Make it after the set-up.
class AllocationCounter {
 public:
  explicit AllocationCounter(benchmark::State& state) : state_(state), before_(allocations_so_far()) {}
  ~AllocationCounter() {
    state_.counters["allocations"] =
        benchmark::Counter(static_cast<double>(allocations_so_far() - before_), benchmark::Counter::kAvgIterations);
  }
  AllocationCounter(const AllocationCounter&) = delete;
  AllocationCounter& operator=(const AllocationCounter&) = delete;

  /// Runs `action` outside of time and count.
  template <class Action>
  void aside(Action action) {
    state_.PauseTiming();
    const uint64_t started = allocations_so_far();
    action();
    before_ += allocations_so_far() - started;
    state_.ResumeTiming();
  }

 private:
  benchmark::State& state_;
  uint64_t before_;
};

}  // namespace signet::bench
