#include "router/base/allocator.hpp"

#include <malloc.h>

namespace signet {

namespace {

constexpr int kKeptBytes = 32 << 20;   ///< free at the top of each arena before it is trimmed
constexpr int kMappedBytes = 4 << 20;  ///< blocks from here on come from the system and go back to it

}  // namespace

void tune_allocator() {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  mallopt(M_MMAP_THRESHOLD, kMappedBytes);
#endif
}

}  // namespace signet
