#include "router/base/allocator.hpp"

#include <cstdint>
#include <malloc.h>
#include <sys/mman.h>

namespace signet {

namespace {

constexpr int kKeptBytes = 32 << 20;   ///< free at the top of each arena before it is trimmed
constexpr int kMappedBytes = 4 << 20;  ///< blocks from here on come from the system and go back to it
constexpr uintptr_t kLargePageBytes = 2 << 20;

}  // namespace

void tune_allocator() {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  mallopt(M_MMAP_THRESHOLD, kMappedBytes);
#endif
}

void expect_to_fill(const void* at, size_t bytes) {
#ifdef MADV_HUGEPAGE
  if (bytes < kMappedBytes) return;
  const auto address = reinterpret_cast<uintptr_t>(at);
  const uintptr_t begin = (address + kLargePageBytes - 1) / kLargePageBytes * kLargePageBytes;
  const uintptr_t end = (address + bytes) / kLargePageBytes * kLargePageBytes;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // else they stay small
#endif
}

}  // namespace signet
