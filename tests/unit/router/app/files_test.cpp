#include "router/app/files.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace signet::app {
namespace {

class FilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "signet-files";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  std::string folder;
};

TEST_F(FilesTest, ReplacesInOneStepAndPrivately) {
  const std::string path = folder + "/a";
  ASSERT_TRUE(replace_file(path, "one"));
  ASSERT_TRUE(replace_file(path, "two"));
  EXPECT_EQ(read_file(path, 10), "two");
  struct stat status{};
  stat(path.c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_F(FilesTest, FailuresNameTheFileAndKeepTheOldOne) {
  EXPECT_NE(read_file(folder + "/none", 10).error().find("/none"), std::string::npos);
  ASSERT_TRUE(replace_file(folder + "/a", "12345"));
  EXPECT_FALSE(read_file(folder + "/a", 4));
  EXPECT_FALSE(read_file(folder, 4));
  EXPECT_FALSE(replace_file(folder + "/no/such/folder", "x"));
}

}  // namespace
}  // namespace signet::app
