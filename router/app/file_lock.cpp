#include "router/app/file_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

#include "router/app/files.hpp"

namespace signet::app {
namespace {

constexpr std::chrono::milliseconds kStep{20};

// NFS grants exclusive locks only where the file may be written; elsewhere reading is enough.
int open_file(const std::string& path) {
  constexpr int kFlags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const int descriptor = ::open(path.c_str(), O_RDWR | kFlags);
  return descriptor >= 0 || (errno != EACCES && errno != EROFS) ? descriptor : ::open(path.c_str(), O_RDONLY | kFlags);
}

}  // namespace

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::expected<FileLock, std::string> FileLock::take(const std::string& path, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (true) {
    FileLock lock(open_file(path));
    if (lock.descriptor_ < 0) return std::unexpected(fmt::format("{}: {}", path, std::strerror(errno)));
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) == 0) {
      if (is_still_at(path, lock.descriptor_)) return lock;
    } else if (errno != EWOULDBLOCK && errno != EINTR) {
      return std::unexpected(fmt::format("{}: cannot be locked: {}", path, std::strerror(errno)));
    }
    if (std::chrono::steady_clock::now() >= end) {
      return std::unexpected(fmt::format("{}: another process is changing it; try again when that has ended", path));
    }
    std::this_thread::sleep_for(kStep);
  }
}

}  // namespace signet::app
