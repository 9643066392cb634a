#include "router/app/file_lock.hpp"

#include <filesystem>
#include <gtest/gtest.h>

#include "router/app/files.hpp"

namespace signet::app {
namespace {

using std::chrono::milliseconds;

TEST(FileLock, OneHolderAtATime) {
  const std::string path = testing::TempDir() + "signet-file-lock";
  ASSERT_TRUE(replace_file(path, "one"));
  auto first = FileLock::take(path, milliseconds(0));
  ASSERT_TRUE(first);
  const auto second = FileLock::take(path, milliseconds(50));
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().starts_with(path + ": another process is changing it")) << second.error();
  {
    const FileLock gone = std::move(*first);
  }
  EXPECT_TRUE(FileLock::take(path, milliseconds(0)));
}

TEST(FileLock, AFileInItsPlaceIsAnotherFile) {
  const std::string path = testing::TempDir() + "signet-file-lock";
  ASSERT_TRUE(replace_file(path, "one"));
  const auto first = FileLock::take(path, milliseconds(0));
  ASSERT_TRUE(first);
  ASSERT_TRUE(replace_file(path, "two"));
  const auto second = FileLock::take(path, milliseconds(0));
  ASSERT_TRUE(second);
  EXPECT_FALSE(FileLock::take(path, milliseconds(0)));
}

TEST(FileLock, WhatIsNotThereIsNamed) {
  const std::string path = testing::TempDir() + "signet-no-such-file";
  const auto lock = FileLock::take(path, milliseconds(0));
  ASSERT_FALSE(lock);
  EXPECT_TRUE(lock.error().starts_with(path + ": ")) << lock.error();
}

}  // namespace
}  // namespace signet::app
