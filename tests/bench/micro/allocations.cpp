#include "tests/bench/micro/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include "router/base/allocator.hpp"

namespace {

// As the router's process has it; before the first benchmark.
[[maybe_unused]] const bool g_tuned = (signet::tune_allocator(), true);

std::atomic<uint64_t> g_allocations{0};

}  // namespace

void* operator new(size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, size_t /*size*/) noexcept {
  std::free(memory);
}

namespace signet::bench {

uint64_t allocations_so_far() {
  return g_allocations.load(std::memory_order_relaxed);
}

}  // namespace signet::bench
