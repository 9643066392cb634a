// Broken invariants: loud in checked builds, survivable in release where a recovery exists.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace signet {

#ifdef SIGNET_CHECKED
inline constexpr bool kChecked = true;
#else
inline constexpr bool kChecked = false;
#endif

[[noreturn]] inline void die(const char* what, const char* file, int line) {
  std::fprintf(stderr, "signet: broken invariant: %s (%s:%d)\n", what, file, line);
  std::abort();
}

}  // namespace signet

/// Aborts when `condition` is false, in every build: the process cannot go on.
#define SIGNET_CHECK(condition)                                      \
  do {                                                               \
    if (!(condition)) ::signet::die(#condition, __FILE__, __LINE__); \
  } while (false)

/// True when `condition` is broken: `if (SIGNET_BUG(!x)) return recover();` aborts in checked builds and recovers in
/// release.
#ifdef SIGNET_CHECKED
#define SIGNET_BUG(condition) ((condition) ? (::signet::die("not " #condition, __FILE__, __LINE__), true) : false)
#else
#define SIGNET_BUG(condition) (condition)
#endif
