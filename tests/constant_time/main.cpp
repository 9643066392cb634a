// Attack C17: does the time of a comparison tell how much of a forged MAC is right? Two classes of forgeries, wrong in
// the first byte and wrong in the last one, are compared with the right MAC in random order, and Welch's t judges the
// times.
//
// What ships must stay below |t| = 10 in one of three runs at least. Two comparisons that stop at the first difference
// must not: they prove that the measurement sees what it looks for. Last line: "N passed, N failed".
#include <array>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <random>
#include <string_view>

#include "signing/core/key.hpp"
#include "tests/constant_time/welch.hpp"

using namespace signet;
using constant_time::Measured;

namespace {

constexpr size_t kMeasurements = 300'000;
constexpr int kRuns = 3;
constexpr double kLimit = 10;

using Compare = std::function<bool(const crypto::Sha256& right, const crypto::Sha256& forged)>;

struct Subject {
  std::string_view name;
  Compare compare;
  bool leaks;              // by its construction
  size_t repetitions = 1;  // in one measurement, so that the clock's grain does not matter
};

// The call goes through a volatile pointer: the compiler may neither look into it nor keep a result.
bool stops_at_first_difference(const crypto::Sha256& right, const crypto::Sha256& forged) {
  for (size_t i = 0; i < right.size(); ++i) {
    if (right[i] != forged[i]) return false;
  }
  return true;
}

// Eight bytes at a time, as a library's memcmp may.
bool compares_words(const crypto::Sha256& right, const crypto::Sha256& forged) {
  for (size_t i = 0; i < right.size(); i += 8) {
    uint64_t a = 0, b = 0;
    std::memcpy(&a, right.data() + i, 8);
    std::memcpy(&b, forged.data() + i, 8);
    if (a != b) return false;
  }
  return true;
}

crypto::Sha256 random_mac(std::mt19937_64& random) {
  crypto::Sha256 mac{};
  for (uint8_t& byte : mac) byte = static_cast<uint8_t>(random());
  return mac;
}

double measure(const Subject& subject, std::mt19937_64& random) {
  const crypto::Sha256 right = random_mac(random);
  std::array<crypto::Sha256, 2> forged{right, right};
  forged[0].front() ^= 0x01;
  forged[1].back() ^= 0x01;
  std::vector<Measured> all;
  all.reserve(kMeasurements);
  volatile unsigned equal = 0;
  crypto::Sha256 given{};
  for (size_t i = 0; i < kMeasurements; ++i) {
    const bool second = (random() & 1u) != 0;
    given = forged[second ? 1 : 0];  // the same address for both classes
    const uint64_t begin = __builtin_readcyclecounter();
    for (size_t n = 0; n < subject.repetitions; ++n) equal = equal + (subject.compare(right, given) ? 1u : 0u);
    const uint64_t end = __builtin_readcyclecounter();
    all.push_back({second, static_cast<double>(end - begin)});
  }
  if (equal != 0) std::abort();  // a forgery was taken for the right one
  return constant_time::welch_t(std::move(all));
}

// A MAC under a key, as statements and webhooks are verified: the forged one is all that differs.
Compare key_verifies() {
  auto parsed = signing::parse_hmac_secret(signing::generate_hmac_secret());
  if (!parsed) std::abort();
  const auto key = std::make_shared<signing::VerificationKey>(
      signing::VerificationKey{.kid = "k", .material = std::move(*parsed), .not_before = {}, .not_after = {}});
  const auto mac = std::make_shared<crypto::Sha256>(
      crypto::hmac_sha256(std::get<crypto::SecretBytes>(key->material).view(), as_bytes("statement")));
  return [key, mac](const crypto::Sha256& right, const crypto::Sha256& forged) {
    crypto::Sha256 signature = *mac;
    for (size_t i = 0; i < signature.size(); ++i) signature[i] ^= right[i] ^ forged[i];  // wrong where `forged` is
    return key->verify(as_bytes("statement"), signature);
  };
}

}  // namespace

int main() {
  bool (*volatile first)(const crypto::Sha256&, const crypto::Sha256&) = stops_at_first_difference;
  bool (*volatile words)(const crypto::Sha256&, const crypto::Sha256&) = compares_words;
  const Subject subjects[] = {
      {"crypto::constant_time_equal",
       [](const auto& right, const auto& forged) { return crypto::constant_time_equal(right, forged); }, false, 8},
      {"VerificationKey::verify", key_verifies(), false},
      {"control: stops at the first byte", [&](const auto& right, const auto& forged) { return first(right, forged); },
       true, 8},
      {"control: stops at the first word", [&](const auto& right, const auto& forged) { return words(right, forged); },
       true, 8},
  };
  const uint64_t seed = std::random_device()();
  fmt::print("seed {}, {} measurements a run\n", seed, kMeasurements);
  std::mt19937_64 random(seed);
  int passed = 0, failed = 0;
  for (const Subject& subject : subjects) {
    int beyond = 0;
    std::string told;
    for (int run = 0; run < kRuns; ++run) {
      const double t = measure(subject, random);
      beyond += std::abs(t) > kLimit ? 1 : 0;
      told += fmt::format(" {:.1f}", t);
    }
    const bool good = subject.leaks ? beyond == kRuns : beyond < kRuns;
    (good ? passed : failed) += 1;
    fmt::print("{} {}: t ={}\n", good ? "ok  " : "FAIL", subject.name, told);
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
