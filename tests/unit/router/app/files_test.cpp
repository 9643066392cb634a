#include "router/app/files.hpp"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace signet::app {
namespace {

class FilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "signet-files";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) all.push_back(entry.path().filename());
    std::ranges::sort(all);
    return all;
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
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST_F(FilesTest, FailuresNameTheFileAndKeepTheOldOne) {
  EXPECT_NE(read_file(folder + "/none", 10).error().find("/none"), std::string::npos);
  ASSERT_TRUE(replace_file(folder + "/a", "12345"));
  EXPECT_FALSE(read_file(folder + "/a", 4));
  EXPECT_FALSE(read_file(folder, 4));
  EXPECT_FALSE(replace_file(folder + "/no/such/folder", "x"));
}

TEST_F(FilesTest, WhatLiesBesideIsNeitherFollowedNorWrittenOver) {
  const std::string path = folder + "/a", beside = path + ".new";
  ASSERT_EQ(mkfifo(beside.c_str(), 0600), 0);  // waits for a reader, when it is opened to be written
  ASSERT_TRUE(replace_file(path, "one"));
  std::filesystem::remove(beside);
  std::ofstream(folder + "/victim") << "precious";
  std::filesystem::create_symlink(folder + "/victim", beside);
  ASSERT_TRUE(replace_file(path, "two"));
  EXPECT_EQ(read_file(folder + "/victim", 10), "precious");
  EXPECT_TRUE(std::filesystem::is_symlink(beside));
  EXPECT_EQ(names(), (std::vector<std::string>{"a", "a.new", "victim"}));
}

TEST_F(FilesTest, AFailureLeavesNothingBehind) {
  std::filesystem::create_directories(folder + "/a/full");
  const auto written = replace_file(folder + "/a", "x");
  ASSERT_FALSE(written);
  EXPECT_TRUE(written.error().starts_with(folder + "/a: ")) << written.error();
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST_F(FilesTest, LeftoversOfCrashesGoAfterAWhile) {
  const std::string old = folder + "/.a.signet-abcdef", young = folder + "/.a.signet-ghijkl";
  const std::string other = folder + "/.a.signet-abcdefg";
  for (const std::string& file : {old, young, other}) std::ofstream(file) << "x";
  for (const std::string& file : {old, other}) {
    const timespec times[2] = {{.tv_sec = 1, .tv_nsec = 0}, {.tv_sec = 1, .tv_nsec = 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  }
  ASSERT_TRUE(replace_file(folder + "/b", "two"));
  EXPECT_EQ(names(), (std::vector<std::string>{".a.signet-abcdefg", ".a.signet-ghijkl", "b"}));
}

TEST_F(FilesTest, WritersAtOnceLeaveOneWholeFile) {
  const std::string path = folder + "/a";
  ASSERT_TRUE(replace_file(path, std::string(10'000, 'x')));
  std::vector<std::thread> writers;
  for (const char letter : {'a', 'b', 'c'}) {
    writers.emplace_back([&path, letter] {
      for (int i = 0; i < 20; ++i) EXPECT_TRUE(replace_file(path, std::string(10'000, letter)));
    });
  }
  for (int i = 0; i < 200; ++i) {
    const auto seen = read_file(path, 20'000);
    EXPECT_TRUE(seen && *seen == std::string(10'000, seen->empty() ? ' ' : seen->front()));
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST_F(FilesTest, RewritingKeepsModeAndLink) {
  std::ofstream(folder + "/a") << "one";
  ASSERT_EQ(chmod((folder + "/a").c_str(), 0640), 0);
  std::filesystem::create_symlink("a", folder + "/link");
  ASSERT_TRUE(rewrite_file(folder + "/link", "two"));
  EXPECT_EQ(read_file(folder + "/a", 10), "two");
  EXPECT_TRUE(std::filesystem::is_symlink(folder + "/link"));
  struct stat status{};
  stat((folder + "/a").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(FilesTest, AFolderThatCannotBeWrittenIsNamedItself) {
  EXPECT_TRUE(check_writable(folder));
  EXPECT_TRUE(names().empty());
  const auto told = check_writable(folder + "/none");
  ASSERT_FALSE(told);
  EXPECT_TRUE(told.error().starts_with(folder + "/none: ")) << told.error();
}

}  // namespace
}  // namespace signet::app
