// The process allocator's settings for a server: memory that one answer needed is kept for the next.
#pragma once

namespace signet {

/// Once, before threads start. glibc gives free memory back to the system beyond 128 KB by default, and takes it again
/// page by page: for answers of some 100 KB that costs more than writing them.
void tune_allocator();

}  // namespace signet
