#include "telemetry/record/span.hpp"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <sys/random.h>

namespace signet::telemetry {

TraceSource::TraceSource(double rate)
    : threshold_(rate >= 1   ? UINT64_MAX
                 : rate <= 0 ? 0
                             : static_cast<uint64_t>(std::ldexp(rate, 64))) {
  if (getrandom(state_.data(), sizeof state_, 0) != static_cast<ssize_t>(sizeof state_)) std::abort();
}

// xoshiro256**: ids need to be unlikely to meet, not secret. Spec: https://prng.di.unimi.it
uint64_t TraceSource::next() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

bool TraceSource::sample() {
  return threshold_ != 0 && next() <= threshold_;
}

TraceId TraceSource::trace_id() {
  TraceId id;
  const uint64_t words[2] = {next(), next() | 1};  // never all zero
  std::memcpy(id.data(), words, sizeof words);
  return id;
}

SpanId TraceSource::span_id() {
  SpanId id;
  const uint64_t word = next() | 1;
  std::memcpy(id.data(), &word, sizeof word);
  return id;
}

}  // namespace signet::telemetry
