#include "router/execution/flat_array.hpp"

#include <gtest/gtest.h>

namespace signet::execution {
namespace {

TEST(FlatArray, KeepsWhatItHasWhileItGrows) {
  FlatArray<int> array;
  for (int i = 0; i < 1'000; ++i) array.push_back(i);
  EXPECT_EQ(array.extend(500), 1'000u);
  array.expect(10'000);
  const int more[] = {7, 8};
  array.append(more);
  ASSERT_EQ(array.size(), 1'502u);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(array[static_cast<size_t>(i)], i);
  for (size_t i = 1'000; i < 1'500; ++i) EXPECT_EQ(array[i], 0) << "what is added is zero";
  EXPECT_EQ(array[1'501], 8);
}

TEST(FlatArray, TakesOneOfItsOwn) {
  FlatArray<int> array;
  array.push_back(42);
  for (int i = 0; i < 100; ++i) array.push_back(array[0]);
  for (int value : array.values()) EXPECT_EQ(value, 42);
}

}  // namespace
}  // namespace signet::execution
