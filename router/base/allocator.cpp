#include "router/base/allocator.hpp"

#ifdef __GLIBC__
#include <cstdio>
#include <malloc.h>
#include <memory>
#include <unistd.h>
#endif

namespace signet {

#ifdef __GLIBC__

namespace {

constexpr size_t kKeptBytes =
    64u << 20;  ///< free memory, by give_back_memory() in all, by glibc at the top of each arena
constexpr size_t kMappedBytes = 32u << 20;  ///< blocks from here on come from the system and go back to it

size_t resident_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"), &std::fclose);
  unsigned long size = 0, resident = 0;
  if (!file || std::fscanf(file.get(), "%lu %lu", &size, &resident) != 2) return 0;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void tune_allocator() {
  mallopt(M_TRIM_THRESHOLD, static_cast<int>(kKeptBytes));
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(kMappedBytes));
}

bool give_back_memory() {
  const struct mallinfo2 use = mallinfo2();
  if (resident_bytes() <= use.uordblks + use.hblkhd + kKeptBytes) return false;
  return malloc_trim(0) == 1;
}

#else

void tune_allocator() {}
bool give_back_memory() {
  return false;
}

#endif

}  // namespace signet
