#include "router/app/file_watch.hpp"

#include <gtest/gtest.h>

namespace signet::app {
namespace {

using std::chrono::milliseconds;

class FileWatchTest : public testing::Test {
 protected:
  FileWatchTest() { watch.use(crypto::sha256("good"), WallTime{}); }

  bool refuse(const std::string& reason, milliseconds at, bool patient = true) {
    return watch.refuse({"listen.tls", "/tls.key", reason}, SteadyTime(at), WallTime(at), patient);
  }

  FileWatch watch;
};

TEST_F(FileWatchTest, WhatIsWrongIsToldOnceWhenItHasLasted) {
  EXPECT_FALSE(refuse("is empty", milliseconds(0)));
  EXPECT_FALSE(refuse("is cut off", milliseconds(2'499)));  // pieces of one write
  EXPECT_FALSE(watch.refused());
  EXPECT_TRUE(refuse("is cut off", milliseconds(2'500)));
  EXPECT_TRUE(watch.refused());
  EXPECT_FALSE(refuse("is cut off", milliseconds(60'000)));
  EXPECT_TRUE(refuse("is empty", milliseconds(61'000)));
}

TEST_F(FileWatchTest, WhoIsNotPatientIsToldAtOnce) {
  EXPECT_TRUE(refuse("is empty", milliseconds(0), false));
  EXPECT_FALSE(refuse("is empty", milliseconds(1), false));
}

TEST_F(FileWatchTest, TheOldContentIsTheEndOfIt) {
  EXPECT_TRUE(refuse("is empty", milliseconds(0), false));
  EXPECT_FALSE(watch.holds(crypto::sha256("other")));
  EXPECT_TRUE(watch.refused());
  EXPECT_TRUE(watch.holds(crypto::sha256("good")));
  EXPECT_FALSE(watch.refused());
  EXPECT_FALSE(refuse("is empty", milliseconds(10'000)));  // patience begins anew
}

TEST_F(FileWatchTest, NewContentIsInUseFromThenOn) {
  EXPECT_TRUE(refuse("is empty", milliseconds(0), false));
  watch.use(crypto::sha256("new"), WallTime(milliseconds(5)));
  EXPECT_FALSE(watch.refused());
  EXPECT_EQ(watch.since(), WallTime(milliseconds(5)));
  EXPECT_TRUE(watch.holds(crypto::sha256("new")));
  EXPECT_FALSE(watch.holds(crypto::sha256("good")));
}

TEST(ReadFileOf, ProblemsNameKeyAndFile) {
  const auto read = read_file_of("admission.secret_file", "/does/not/exist", 10);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text(), "admission.secret_file: /does/not/exist No such file or directory");
}

}  // namespace
}  // namespace signet::app
