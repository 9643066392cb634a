// The process allocator's settings for a server: memory that one answer needed is kept for the next.
#pragma once

#include <cstddef>

namespace signet {

/// Once, before threads start. glibc gives free memory back to the system beyond 128 KB by default, and takes it again
/// page by page: for answers of some 100 KB that costs more than writing them.
void tune_allocator();

/// The `bytes` from `at` on, fresh from the allocator, are about to be written, all of them or nearly. When they are so
/// many that they have come from the system just now, it is asked to give them in large pages: page by page, that costs
/// more than writing them. What is never written still costs nothing, to within a large page. Where there are no large
/// pages to be had, nothing changes.
void expect_to_fill(const void* at, size_t bytes);

}  // namespace signet
