// FlatArray: a growing run of trivial values that gets thousands of small additions and loses none.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "router/base/check.hpp"

namespace signet::execution {

template <class T>
class FlatArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  size_t size() const { return size_; }
  /// Checked in checked builds only: the index is one that this array gave.
  T& operator[](size_t i) {
    if constexpr (kChecked) SIGNET_CHECK(i < size_);
    return room_.data()[i];
  }
  const T& operator[](size_t i) const {
    if constexpr (kChecked) SIGNET_CHECK(i < size_);
    return room_.data()[i];
  }

  /// Adds `count` values T(). Returns the first one's index.
  size_t extend(size_t count) {
    if (count > room_.size() - size_) make_room(count);
    const size_t first = size_;
    size_ += count;
    return first;
  }
  void push_back(const T& value) { room_[extend(1)] = value; }
  void append(std::span<const T> values) {
    const size_t first = extend(values.size());
    std::copy(values.begin(), values.end(), room_.begin() + static_cast<ptrdiff_t>(first));
  }
  /// Makes room for `count` more in one step.
  void expect(size_t count) {
    if (count > room_.size() - size_) room_.resize(size_ + count);
  }
  std::span<T> values() { return std::span(room_).first(size_); }
  std::span<const T> values() const { return std::span(room_).first(size_); }

 private:
  static constexpr size_t kRoomMin = 32;
  [[gnu::noinline]] void make_room(size_t count) {
    room_.resize(std::max({kRoomMin, size_ + count, 2 * room_.size()}));
  }

  std::vector<T> room_;  ///< as large as there is room; beyond size_ all is T()
  size_t size_ = 0;
};

}  // namespace signet::execution
