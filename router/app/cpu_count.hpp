// How many CPUs this process may really use: the affinity mask and the cgroup's quota, v1 and v2.
#pragma once

#include <string>

namespace signet::app {

struct CpuCount {
  unsigned workers = 1;
  std::string why;  ///< for the start-up line: "affinity mask: 2", "cgroup quota: 0.5 CPU"
};

/// `root` is "" on a real system; tests pass a folder that holds proc/ and sys/.
CpuCount usable_cpus(const std::string& root = "");

}  // namespace signet::app
