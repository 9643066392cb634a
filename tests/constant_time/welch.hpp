// Welch's t of two classes of measurements, the way of dudect: if the classes take the same time, |t| stays small
// however many measurements there are; if not, it grows with them. Reparaz, Balasch, Verbauwhede: "Dude, is my code
// constant time?", https://eprint.iacr.org/2016/1123
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace signet::constant_time {

struct Measured {
  bool second_class = false;
  double time = 0;
};

/// The slowest `cropped` of all measurements are left out: interrupts, and other processes.
inline double welch_t(std::vector<Measured> all, double cropped = 0.2) {
  std::ranges::sort(all, {}, &Measured::time);
  all.resize(static_cast<size_t>(static_cast<double>(all.size()) * (1 - cropped)));
  double count[2]{}, mean[2]{}, squares[2]{};
  for (const Measured& measured : all) {  // Welford
    const int which = measured.second_class ? 1 : 0;
    const double delta = measured.time - mean[which];
    mean[which] += delta / ++count[which];
    squares[which] += delta * (measured.time - mean[which]);
  }
  const double spread = squares[0] / (count[0] - 1) / count[0] + squares[1] / (count[1] - 1) / count[1];
  return spread > 0 ? (mean[0] - mean[1]) / std::sqrt(spread) : 0;
}

}  // namespace signet::constant_time
