#include "router/app/state_lock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <utility>

#include "router/app/files.hpp"
#include "signing/core/refusal.hpp"

namespace signet::app {
namespace {

constexpr std::chrono::milliseconds kStep{100};
constexpr uint64_t kHolderBytesMax = 512;

// In containers a process id says little without the host's name.
std::string this_process() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host.front() = '\0';
  return fmt::format("process {} on {}", ::getpid(), host.data());
}

std::string holder_of(const std::string& file) {
  const auto text = read_file(file, kHolderBytesMax);
  return text && !text->empty() ? signing::printable(*text) : "another process";
}

}  // namespace

StateLock::StateLock(StateLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), file_(std::move(other.file_)) {}

StateLock& StateLock::operator=(StateLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(file_, other.file_);
  return *this;
}

StateLock::~StateLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool StateLock::in_place() const {
  return descriptor_ < 0 || is_still_at(file_, descriptor_);
}

std::expected<StateLock, std::string> StateLock::take(const std::string& folder, std::chrono::milliseconds patience,
                                                      const Waiting& waiting) {
  if (folder.empty()) return StateLock();
  const std::string file = folder + "/lock";
  const auto failed = [&](const char* what_to_do) {
    return std::unexpected(fmt::format("{}: {}; {}", file, std::strerror(errno), what_to_do));
  };
  StateLock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0600), file);
  if (lock.descriptor_ < 0) return failed("make it a file that this user may write");
  const auto end = std::chrono::steady_clock::now() + patience;
  for (bool told = false; ::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0;) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return failed("put the folder on a file system that has locks");
    const std::string holder = holder_of(file);
    if (std::chrono::steady_clock::now() >= end) {
      return std::unexpected(
          fmt::format("{} is in use by {}; stop that one, or give this one a folder of its own", folder, holder));
    }
    if (!std::exchange(told, true)) waiting(holder);
    std::this_thread::sleep_for(kStep);
  }
  // For whoever asks who has it. The lock holds on a full disk too.
  if (::ftruncate(lock.descriptor_, 0) == 0) std::ignore = write_all(lock.descriptor_, this_process());
  return lock;
}

}  // namespace signet::app
