// How many file descriptors the process has.
#pragma once

#include <cstddef>

namespace signet::app {

/// Takes all descriptors the system gives. Returns how many connections of clients they allow: subgraphs, files and the
/// health listener keep theirs.
size_t raise_descriptors();

}  // namespace signet::app
