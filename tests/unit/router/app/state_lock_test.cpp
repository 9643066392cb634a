#include "router/app/state_lock.hpp"

#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "router/app/files.hpp"

namespace signet::app {
namespace {

using namespace std::chrono_literals;

class StateLockTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  // Another process that has the lock until it is killed, or for `long_enough`.
  pid_t lock_elsewhere(std::chrono::milliseconds long_enough) const {
    int ready[2];
    EXPECT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto lock = StateLock::take(folder, 0ms, [](const std::string&) {});
      [[maybe_unused]] const ssize_t written = ::write(ready[1], lock ? "y" : "n", 1);
      ::usleep(static_cast<useconds_t>(long_enough.count() * 1'000));
      ::_exit(0);
    }
    char answer = 0;
    EXPECT_EQ(::read(ready[0], &answer, 1), 1);
    EXPECT_EQ(answer, 'y');
    ::close(ready[0]);
    ::close(ready[1]);
    return child;
  }
  static void reap(pid_t child) { ::waitpid(child, nullptr, 0); }

  std::expected<StateLock, std::string> take(std::chrono::milliseconds patience) {
    return StateLock::take(folder, patience, [this](const std::string& holder) { told.push_back(holder); });
  }

  const std::string folder = testing::TempDir() + "signet-lock-" + std::to_string(::getpid());
  std::vector<std::string> told;
};

TEST_F(StateLockTest, OneAtATimeAndTheOtherIsNamed) {
  const pid_t child = lock_elsewhere(60s);
  const auto refused = take(250ms);
  ASSERT_FALSE(refused);
  const std::string holder = "process " + std::to_string(child) + " on ";
  EXPECT_NE(refused.error().find("is in use by " + holder), std::string::npos) << refused.error();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].starts_with(holder));
  ::kill(child, SIGKILL);  // nothing is left behind, however it ended
  reap(child);
  EXPECT_TRUE(take(0ms));
}

TEST_F(StateLockTest, WaitsForOneThatIsStopping) {
  const pid_t child = lock_elsewhere(400ms);
  const auto lock = take(30s);
  EXPECT_TRUE(lock) << lock.error();
  EXPECT_EQ(told.size(), 1u);
  reap(child);
}

TEST_F(StateLockTest, GivenBackWhenDestroyed) {
  {
    EXPECT_TRUE(take(0ms));
  }
  auto lock = take(0ms);
  ASSERT_TRUE(lock);
  StateLock moved = std::move(*lock);
  EXPECT_FALSE(take(0ms));
}

TEST_F(StateLockTest, WithoutAFolderThereIsNothingToLock) {
  EXPECT_TRUE(StateLock::take("", 0ms, [](const std::string&) {}));
}

TEST_F(StateLockTest, LinksAndFoldersAreNotWrittenTo) {
  const std::string other = folder + "/other";
  ASSERT_TRUE(replace_file(other, "precious"));
  std::filesystem::create_symlink(other, folder + "/lock");
  EXPECT_FALSE(take(0ms));
  EXPECT_EQ(*read_file(other, 100), "precious");
  std::filesystem::remove(folder + "/lock");
  std::filesystem::create_directory(folder + "/lock");
  EXPECT_FALSE(take(0ms));
}

TEST_F(StateLockTest, KnowsThatItsFileWasTakenAway) {
  const auto lock = take(0ms);
  ASSERT_TRUE(lock);
  EXPECT_TRUE(lock->in_place());
  std::filesystem::remove_all(folder);
  EXPECT_FALSE(lock->in_place());
  std::filesystem::create_directories(folder);
  const auto again = take(0ms);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->in_place());
  EXPECT_FALSE(lock->in_place());
  EXPECT_TRUE(StateLock().in_place());
}

}  // namespace
}  // namespace signet::app
