// What the system lets this process do, and what it keeps to itself.
#pragma once

#include <cstddef>

namespace signet::app {

/// Secrets and request data stay out of core dumps and of other processes' reach.
void close_memory();

/// Takes all descriptors that the system gives. Returns how many connections of clients they allow: subgraphs, files
/// and the health listener keep theirs.
size_t raise_descriptors();

}  // namespace signet::app
