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

constexpr uint64_t kBatches = 50;
constexpr uint64_t kWorldsPerBatch = 10;

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

void expect_sound(const Tally& tally) {
  EXPECT_TRUE(tally.failures.empty()) << fmt::format("{}", fmt::join(tally.failures, "\n"));
}

void expect_none_skipped(const Tally& tally) {
  fmt::print(
      "{} worlds ({} refused), {} operations ({} unsupported, {} made again), {} subgraph requests, {} entity "
      "fetches\n",
      tally.worlds, tally.refused_worlds, tally.operations, tally.unsupported, tally.discarded, tally.requests,
      tally.entity_requests);
  for (const std::string& refusal : tally.refusals) fmt::print("{}\n", refusal);
  EXPECT_EQ(tally.refused_worlds, 0u);
  EXPECT_EQ(tally.unsupported, 0u);
}

/// Each case is a number of worlds with all their operations; the last one looks that none was skipped.
class Batch : public ::testing::Test {
 public:
  explicit Batch(uint64_t number) : number_(number) {}
  void TestBody() override {
    if (number_ == kBatches) return expect_none_skipped(total_);
    Tally tally;
    for (uint64_t i = 0; i < kWorldsPerBatch; ++i) tally.add(run_world(number_ * kWorldsPerBatch + i));
    expect_sound(tally);
    total_.add(tally);
  }

 private:
  uint64_t number_;
  static inline Tally total_;
};

class Kept : public ::testing::Test {
 public:
  void TestBody() override {
    std::ifstream file(SIGNET_ORACLE_KEPT);
    ASSERT_TRUE(file) << SIGNET_ORACLE_KEPT;
    for (std::string line; std::getline(file, line);) {
      const bool open = line.starts_with('!');
      std::istringstream words(line.substr(open ? 1 : 0, line.find('#') - (open ? 1 : 0)));
      uint64_t seed = 0;
      int64_t number = -1;
      if (!(words >> seed)) continue;
      words >> number;
      const Tally tally = run_world(seed, number);
      if (open) {
        EXPECT_FALSE(tally.failures.empty()) << "seed " << seed << " is right now: take its ! off in kept.txt";
      } else {
        expect_sound(tally);
      }
    }
  }
};

/// The case of SIGNET_ORACLE_SEED.
class One : public ::testing::Test {
 public:
  void TestBody() override {
    std::istringstream words(setting("SIGNET_ORACLE_SEED"));
    uint64_t seed = 0;
    int64_t number = -1;
    words >> seed >> number;
    const Tally tally = run_world(seed, number);
    expect_none_skipped(tally);
    expect_sound(tally);
  }
};

/// Fresh seeds for SIGNET_ORACLE_SECONDS, or until something fails.
class Long : public ::testing::Test {
 public:
  void TestBody() override {
    const auto span = std::chrono::seconds(std::stoul(setting("SIGNET_ORACLE_SECONDS")));
    const auto end = std::chrono::steady_clock::now() + span;
    uint64_t seed = (uint64_t{1} << 32) + std::random_device()();
    fmt::print("first seed: {}\n", seed);
    Tally tally;
    while (std::chrono::steady_clock::now() < end && tally.failures.empty()) tally.add(run_world(seed++));
    expect_none_skipped(tally);
    expect_sound(tally);
  }
};

/// Which cases there are depends on the environment, so that none is counted that does nothing.
const bool kRegistered = [] {
  const auto add = [](const std::string& name, auto make) {
    ::testing::RegisterTest("Oracle", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [make]() -> ::testing::Test* { return make(); });
  };
  if (!setting("SIGNET_ORACLE_SEED").empty()) {
    add("One", [] { return new One; });
  } else if (!setting("SIGNET_ORACLE_SECONDS").empty()) {
    add("Long", [] { return new Long; });
  } else {
    add("Kept", [] { return new Kept; });
    for (uint64_t i = 0; i < kBatches; ++i) add(fmt::format("Batch{}", i), [i] { return new Batch(i); });
    add("NoneIsSkipped", [] { return new Batch(kBatches); });
  }
  return true;
}();

}  // namespace
}  // namespace signet::oracle
