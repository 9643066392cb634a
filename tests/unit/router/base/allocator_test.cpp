#include "router/base/allocator.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

// Sanitizers bring allocators of their own.
#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

namespace signet {
namespace {

// What vast answers needed is kept for the next ones, but not for ever.
TEST(Allocator, GivesBackWhatIsFreeOnceThatIsMuch) {
  tune_allocator();
  constexpr size_t kBlocks = 200, kBlockBytes = 1u << 20;
  std::vector<std::string> blocks(kBlocks);
  for (std::string& block : blocks) block.assign(kBlockBytes, 'x');
  const std::string last = blocks.back();  // without it, what is free would be the top of the arena
  EXPECT_FALSE(give_back_memory()) << "all of it is in use";
  blocks.clear();
  EXPECT_TRUE(give_back_memory());
  EXPECT_FALSE(give_back_memory()) << "there is nothing left to give";
}

}  // namespace
}  // namespace signet

#endif
