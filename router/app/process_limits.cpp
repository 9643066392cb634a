#include "router/app/process_limits.hpp"

#include <algorithm>
#include <csignal>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace signet::app {

void close_memory() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

void ignore_hangups() {
  std::signal(SIGHUP, SIG_IGN);
}

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
