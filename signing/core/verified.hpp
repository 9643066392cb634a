// Verified<T>: a value that came through the gate. Only the gate can make one; only one can become a snapshot.
#pragma once

#include <utility>

namespace signet::signing {

class Gate;

/// Read-only, so that what was verified is what is used. tests/compile_fail proves that nobody else can make one.
template <class T>
class Verified {
 public:
  const T& operator*() const { return value_; }
  const T* operator->() const { return &value_; }

 private:
  friend class Gate;
  explicit Verified(T value) : value_(std::move(value)) {}

  T value_;
};

}  // namespace signet::signing
