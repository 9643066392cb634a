#include "router/base/lent_text.hpp"

#include <gtest/gtest.h>

namespace signet {
namespace {

TEST(LentText, OwnBytesAreMovedLentOnesCopied) {
  std::string long_enough(100, 'x');
  const char* const where = long_enough.data();
  LentText own(std::move(long_enough));
  EXPECT_FALSE(own.is_lent());
  EXPECT_EQ(std::move(own).take().data(), where);

  std::string others = "body";
  LentText lent = LentText::lend(others);
  EXPECT_TRUE(lent.is_lent());
  EXPECT_EQ(lent.view().data(), others.data());
  const std::string copy = std::move(lent).take();
  others = "gone";
  EXPECT_EQ(copy, "body");
}

}  // namespace
}  // namespace signet
