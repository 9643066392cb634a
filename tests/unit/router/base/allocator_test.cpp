#include "router/base/allocator.hpp"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <sys/resource.h>

namespace signet {
namespace {

long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

long faults_of_filling(size_t bytes, bool expected) {
  const auto room = std::make_unique_for_overwrite<char[]>(bytes);
  if (expected) expect_to_fill(room.get(), bytes);
  const long before = page_faults();
  std::memset(room.get(), 'x', bytes);
  EXPECT_EQ(room[bytes / 2], 'x');
  return page_faults() - before;
}

TEST(Allocator, LargeRoomThatIsFilledComesInLargePages) {
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string setting;
  std::getline(file, setting);
  if (!setting.contains("[madvise]")) GTEST_SKIP() << "large pages are not given to who asks for them: " << setting;
  constexpr size_t kBytes = 32 << 20;
  EXPECT_LT(faults_of_filling(kBytes, true), faults_of_filling(kBytes, false) / 2);
}

TEST(Allocator, AnyRoomMayBeExpected) {
  expect_to_fill(nullptr, 0);
  for (size_t bytes : {size_t{1}, size_t{4} << 20, (size_t{6} << 20) + 1}) {
    const std::string text(bytes, 'x');
    expect_to_fill(text.data(), bytes);
    EXPECT_EQ(text.find_first_not_of('x'), std::string::npos);
  }
}

}  // namespace
}  // namespace signet
