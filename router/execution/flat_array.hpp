// FlatArray: a growing run of trivial values that gets thousands of small additions and loses none.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

#include "router/base/allocator.hpp"
#include "router/base/check.hpp"
#include "router/base/short_bytes.hpp"

namespace signet::execution {

template <class T>
class FlatArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  size_t size() const { return size_; }
  /// Checked in checked builds only: the index is one that this array gave.
  T& operator[](size_t i) {
    if constexpr (kChecked) SIGNET_CHECK(i < size_);
    return room_.get()[i];
  }
  const T& operator[](size_t i) const {
    if constexpr (kChecked) SIGNET_CHECK(i < size_);
    return room_.get()[i];
  }

  /// Keeps its room.
  void clear() { size_ = 0; }
  size_t room_bytes() const { return room_size_ * sizeof(T); }

  /// Adds `count` values of which all bytes are zero. Returns the first one's index.
  size_t extend(size_t count) {
    const size_t first = add(count);
    clear_bytes(reinterpret_cast<char*>(room_.get() + first), count * sizeof(T));
    return first;
  }
  void push_back(const T& value) {
    const T copy = value;      // which may be one of these
    const size_t at = add(1);  // which may move the room
    room_.get()[at] = copy;
  }
  void append(std::span<const T> values) {
    const size_t first = add(values.size());
    std::copy(values.begin(), values.end(), room_.get() + first);
  }
  /// Makes room for `count` more in one step. Room that is not used costs nothing but its addresses.
  void expect(size_t count) {
    if (count > room_size_ - size_) move_to(size_ + count);
  }
  std::span<T> values() { return {room_.get(), size_}; }
  std::span<const T> values() const { return {room_.get(), size_}; }

 private:
  static constexpr size_t kRoomMin = 32;
  size_t add(size_t count) {
    if (count > room_size_ - size_) move_to(std::max({kRoomMin, size_ + count, 2 * room_size_}));
    const size_t first = size_;
    size_ += count;
    return first;
  }
  [[gnu::noinline]] void move_to(size_t room_size) {
    auto room = std::make_unique_for_overwrite<T[]>(room_size);
    expect_to_fill(room.get(), room_size * sizeof(T));
    std::copy_n(room_.get(), size_, room.get());
    room_ = std::move(room);
    room_size_ = room_size;
  }

  std::unique_ptr<T[]> room_;  ///< beyond size_ it means nothing
  size_t room_size_ = 0;
  size_t size_ = 0;
};

}  // namespace signet::execution
