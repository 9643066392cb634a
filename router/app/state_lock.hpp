// StateLock: one router at a time in a state folder. Two would write one serial floor and one audit chain.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <string>
#include <utility>

namespace signet::app {

/// Held until it is destroyed or the process ends, however it ends. Movable.
class StateLock {
 public:
  using Waiting = std::function<void(const std::string& holder)>;

  StateLock() = default;
  StateLock(StateLock&& other) noexcept;
  StateLock& operator=(StateLock&& other) noexcept;
  ~StateLock();

  /// Locks `folder`/lock, an empty `folder` never. While another process has it, waits for at most `patience`, and
  /// tells `waiting` once who that is. Threads: any; blocks. Errors: who has it, or the system's words, and what to do.
  static std::expected<StateLock, std::string> take(const std::string& folder, std::chrono::milliseconds patience,
                                                    const Waiting& waiting);

  /// Whether what others would lock is what is locked here: false when the file, or its folder, was taken away or
  /// exchanged. Always true where nothing is locked.
  bool in_place() const;

 private:
  StateLock(int descriptor, std::string file) : descriptor_(descriptor), file_(std::move(file)) {}
  int descriptor_ = -1;
  std::string file_;
};

}  // namespace signet::app
