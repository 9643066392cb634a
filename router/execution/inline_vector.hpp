// InlineVector: a short run of trivial values without allocation in the ordinary case.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace signet::execution {

template <class T, size_t kInline>
class InlineVector {
 public:
  explicit InlineVector(size_t size, T value = T()) : size_(size) {
    if (size > kInline) {
      heap_.assign(size, value);
    } else {
      inline_.fill(value);
    }
  }
  T& operator[](size_t i) { return data()[i]; }
  const T& operator[](size_t i) const { return data()[i]; }
  size_t size() const { return size_; }
  T* data() { return size_ > kInline ? heap_.data() : inline_.data(); }
  const T* data() const { return size_ > kInline ? heap_.data() : inline_.data(); }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }

 private:
  size_t size_;
  std::array<T, kInline> inline_;
  std::vector<T> heap_;
};

}  // namespace signet::execution
