// Random: the oracle's dice. Equal seeds give equal worlds with every compiler and standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace signet::oracle {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  /// splitmix64
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// 0 to `n` - 1; 0 when there is nothing to choose from.
  size_t below(size_t n) { return n == 0 ? 0 : static_cast<size_t>(next() % n); }
  /// Both ends included.
  size_t between(size_t low, size_t high) { return low + below(high - low + 1); }
  bool chance(unsigned percent) { return next() % 100 < percent; }

  template <typename Container>
  const auto& pick(const Container& items) {
    auto at = items.begin();
    std::advance(at, static_cast<ptrdiff_t>(below(items.size())));
    return *at;
  }
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  uint64_t state_;
};

}  // namespace signet::oracle
