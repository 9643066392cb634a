// Arena: a bump allocator for text and trivially destructible objects that die together.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace signet {

/// Lifetime: what is allocated lives until the arena is destroyed or reset().
/// Threads: one.
class Arena {
 public:
  explicit Arena(size_t block_bytes = 4096) : block_bytes_(block_bytes) {}
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  void* allocate(size_t bytes, size_t alignment) {
    size_t at = (used_ + alignment - 1) & ~(alignment - 1);
    if (blocks_.empty() || at + bytes > capacity_) {
      capacity_ = bytes > block_bytes_ ? bytes : block_bytes_;
      blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(capacity_));
      room_bytes_ += capacity_;
      at = 0;
    }
    used_ = at + bytes;
    return blocks_.back().get() + at;
  }

  template <class T>
    requires std::is_trivially_destructible_v<T>
  T* allocate_array(size_t count) {
    T* first = static_cast<T*>(allocate(sizeof(T) * count, alignof(T)));
    std::uninitialized_default_construct_n(first, count);
    return first;
  }

  /// Copies `text` into the arena.
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  size_t room_bytes() const { return room_bytes_; }

  /// Frees everything but the newest block.
  void reset() {
    if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    used_ = 0;
    room_bytes_ = capacity_;
  }

 private:
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  size_t block_bytes_;
  size_t used_ = 0;
  size_t capacity_ = 0;  // of the newest block
  size_t room_bytes_ = 0;
};

}  // namespace signet
