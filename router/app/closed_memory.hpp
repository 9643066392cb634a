// What a process of signet remembers stays its own.
#pragma once

namespace signet::app {

/// No core dump of this process, whatever limits and core_pattern say, and no other process of the same user reads its
/// memory, environment or descriptors (prctl(2), PR_SET_DUMPABLE; proc(5)). root still can. For the life of the
/// process.
void close_memory();

}  // namespace signet::app
