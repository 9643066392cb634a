// Strong ids: indices into flat arrays that cannot be mixed up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "router/base/check.hpp"

namespace signet {

/// An index of kind `Tag`. Default-constructed ids are invalid.
template <class Tag, class Rep = uint32_t>
class Id {
 public:
  static constexpr Rep kInvalid = std::numeric_limits<Rep>::max();

  constexpr Id() = default;
  constexpr explicit Id(size_t value) : value_(static_cast<Rep>(value)) {}

  constexpr Rep value() const { return value_; }
  constexpr bool valid() const { return value_ != kInvalid; }
  constexpr explicit operator bool() const { return valid(); }

  friend constexpr bool operator==(Id, Id) = default;
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  Rep value_ = kInvalid;
};

/// A vector indexed by one kind of id.
template <class IdType, class T>
class IdVector {
 public:
  IdType push_back(T value) {
    items_.push_back(std::move(value));
    return IdType(items_.size() - 1);
  }
  T& operator[](IdType id) { return *item(items_, id); }
  const T& operator[](IdType id) const { return *item(items_, id); }
  bool contains(IdType id) const { return id.value() < items_.size(); }
  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  void reserve(size_t n) { items_.reserve(n); }
  void resize(size_t n) { items_.resize(n); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  // The library's own check divides by the size of T.
  template <class Items>
  static auto* item(Items& items, IdType id) {
    auto* const at = items.data() + id.value();
    SIGNET_CHECK(at < std::to_address(items.end()));
    return at;
  }

  std::vector<T> items_;
};

/// A run of consecutive ids: [first, first + count).
template <class IdType>
struct IdRange {
  IdType first;
  uint32_t count = 0;

  struct Iterator {
    size_t value;
    IdType operator*() const { return IdType(value); }
    Iterator& operator++() {
      ++value;
      return *this;
    }
    friend bool operator==(Iterator, Iterator) = default;
  };
  Iterator begin() const { return {count == 0 ? 0 : first.value()}; }
  Iterator end() const { return {count == 0 ? 0 : first.value() + static_cast<size_t>(count)}; }
  bool empty() const { return count == 0; }
  size_t size() const { return count; }
  IdType operator[](size_t i) const { return IdType(first.value() + i); }
};

}  // namespace signet

template <class Tag, class Rep>
struct std::hash<signet::Id<Tag, Rep>> {
  size_t operator()(signet::Id<Tag, Rep> id) const noexcept { return std::hash<Rep>()(id.value()); }
};
