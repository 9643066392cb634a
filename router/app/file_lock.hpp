// FileLock: one process at a time rewrites a file.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <utility>

namespace signet::app {

/// Held until it is destroyed or the process ends, however it ends. Binds those that take it, nobody else. Movable.
class FileLock {
 public:
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileLock();

  /// Locks the file at `path`, which is there (a link is followed). While another holder has it, waits for at most
  /// `patience`; when that one has put another file in its place, it is the other file that is locked.
  /// Threads: any; blocks. Errors: the system's words or that it is taken, with the path.
  static std::expected<FileLock, std::string> take(const std::string& path, std::chrono::milliseconds patience);

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace signet::app
