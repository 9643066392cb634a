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

constexpr int kKeptBytes = 32 << 20;     ///< free at the top of each arena before glibc trims it
constexpr int kMappedBytes = 4 << 20;    ///< blocks from here on come from the system and go back to it
constexpr size_t kFreeBytes = 64 << 20;  ///< in all, before give_back_memory() does

size_t resident_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"), &std::fclose);
  unsigned long size = 0, resident = 0;
  if (!file || std::fscanf(file.get(), "%lu %lu", &size, &resident) != 2) return 0;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void tune_allocator() {
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  mallopt(M_MMAP_THRESHOLD, kMappedBytes);
}

bool give_back_memory() {
  const struct mallinfo2 use = mallinfo2();
  if (resident_bytes() <= use.uordblks + use.hblkhd + kFreeBytes) return false;
  return malloc_trim(0) == 1;
}

#else

void tune_allocator() {}
bool give_back_memory() {
  return false;
}

#endif

}  // namespace signet
