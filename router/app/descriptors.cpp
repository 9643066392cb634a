#include "router/app/descriptors.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace signet::app {

size_t raise_descriptors() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_NOFILE, &files);
  constexpr rlim_t kReserved = 1024;
  return static_cast<size_t>(files.rlim_cur - std::min(files.rlim_cur / 2, kReserved));
}

}  // namespace signet::app
