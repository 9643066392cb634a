#include "router/app/closed_memory.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace signet::app {

void close_memory() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace signet::app
