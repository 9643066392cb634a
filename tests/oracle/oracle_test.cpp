// The semantic oracle: random monoliths split at random, asked at random; what the monolith says is right.
//
// Environment: SIGNET_ORACLE_SECONDS=N goes on with fresh seeds for so long; SIGNET_ORACLE_SEED="SEED [OPERATION]" runs
// that case alone; SIGNET_ORACLE_OUT is the folder for reports.

#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

#include "tests/oracle/cases.hpp"

namespace signet::oracle {
namespace {

constexpr uint64_t kBatches = 40;
constexpr uint64_t kWorldsPerBatch = 10;
constexpr uint64_t kRefusedPercentMax = 20;
constexpr uint64_t kUnsupportedPercentMax = 5;

void expect_sound(const Tally& tally) {
  EXPECT_TRUE(tally.failures.empty()) << fmt::format("{}", fmt::join(tally.failures, "\n"));
}

void expect_few_skipped(const Tally& tally) {
  fmt::print("{} worlds ({} refused), {} operations ({} unsupported)\n", tally.worlds, tally.refused_worlds,
             tally.operations, tally.unsupported);
  EXPECT_LE(tally.refused_worlds * 100, tally.worlds * kRefusedPercentMax);
  EXPECT_LE(tally.unsupported * 100, tally.operations * kUnsupportedPercentMax);
}

Tally& total() {
  static Tally tally;
  return tally;
}

class Oracle : public ::testing::TestWithParam<uint64_t> {};

TEST_P(Oracle, AnswersAsTheMonolith) {
  if (std::getenv("SIGNET_ORACLE_SEED") != nullptr) GTEST_SKIP() << "one case was asked for";
  Tally tally;
  for (uint64_t i = 0; i < kWorldsPerBatch; ++i) tally.add(run_world(GetParam() * kWorldsPerBatch + i));
  expect_sound(tally);
  total().add(tally);
}

INSTANTIATE_TEST_SUITE_P(Batch, Oracle, ::testing::Range<uint64_t>(0, kBatches));

TEST(OracleTotals, FewCasesAreSkipped) {
  if (total().worlds == 0) GTEST_SKIP() << "nothing was run";
  expect_few_skipped(total());
}

TEST(OracleKept, CasesThatOnceFailed) {
  std::ifstream file(SIGNET_ORACLE_KEPT);
  ASSERT_TRUE(file) << SIGNET_ORACLE_KEPT;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    uint64_t seed = 0;
    int64_t number = -1;
    if (!(words >> seed)) continue;
    words >> number;
    expect_sound(run_world(seed, number));
  }
}

TEST(OracleOne, CaseThatWasAskedFor) {
  const char* wanted = std::getenv("SIGNET_ORACLE_SEED");
  if (wanted == nullptr) return;
  std::istringstream words{std::string(wanted)};
  uint64_t seed = 0;
  int64_t number = -1;
  words >> seed >> number;
  const Tally tally = run_world(seed, number);
  expect_few_skipped(tally);
  expect_sound(tally);
}

TEST(OracleLong, FreshSeeds) {
  const char* seconds = std::getenv("SIGNET_ORACLE_SECONDS");
  if (seconds == nullptr) return;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::stoul(seconds));
  uint64_t seed = std::random_device()() + (uint64_t{1} << 32);
  fmt::print("first seed: {}\n", seed);
  Tally tally;
  while (std::chrono::steady_clock::now() < end && tally.failures.empty()) tally.add(run_world(seed++));
  expect_few_skipped(tally);
  expect_sound(tally);
}

}  // namespace
}  // namespace signet::oracle
