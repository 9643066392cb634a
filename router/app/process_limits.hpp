// What the system lets this process do, and what it keeps to itself.
#pragma once

#include <cstddef>

namespace signet::app {

/// Secrets and request data stay out of core dumps and of other processes' reach.
void close_memory();

/// SIGHUP does nothing until an event loop takes it over. A service manager's reload must not end a process that starts
/// or waits for its state folder.
void ignore_hangups();

/// Takes all descriptors that the system gives. Returns how many connections of clients they allow: subgraphs, files
/// and the health listener keep theirs.
size_t raise_descriptors();

}  // namespace signet::app
