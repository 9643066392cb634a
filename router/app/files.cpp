#include "router/app/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace signet::app {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return value_; }
  bool close() {
    const int value = value_;
    value_ = -1;
    return value < 0 || ::close(value) == 0;
  }

 private:
  int value_;
};

std::unexpected<std::string> system_error(const std::string& path) {
  return std::unexpected(fmt::format("{}: {}", path, std::strerror(errno)));
}

}  // namespace

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

void sync_folder_of(const std::string& path) {
  const std::string folder = path.substr(0, path.find_last_of('/') + 1);
  const Descriptor directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) ::fsync(directory.get());
}

std::expected<std::string, std::string> read_file(const std::string& path, uint64_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a FIFO must not wait for a writer
  if (file.get() < 0) return system_error(path);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return system_error(path);
  if (!S_ISREG(status.st_mode)) return std::unexpected(path + ": not a regular file");
  std::string bytes;
  char buffer[16 << 10];
  while (true) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path);
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(got));
    if (bytes.size() > bytes_max) return std::unexpected(fmt::format("{}: larger than {} bytes", path, bytes_max));
  }
}

namespace {

// `like`: mode and owner of the new file; null: 0600, and whoever this is.
std::expected<void, std::string> replace(const std::string& path, std::string_view bytes, const struct stat* like) {
  const std::string temporary = path + ".new";
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.get() < 0) return system_error(temporary);
  const bool same = like == nullptr || ((::fchown(file.get(), like->st_uid, like->st_gid) == 0 || errno == EPERM) &&
                                        ::fchmod(file.get(), like->st_mode & 07777) == 0);
  if (!same || !write_all(file.get(), bytes) || ::fsync(file.get()) != 0 || !file.close() ||
      std::rename(temporary.c_str(), path.c_str()) != 0) {
    auto error = system_error(path);
    ::unlink(temporary.c_str());
    return error;
  }
  sync_folder_of(path);
  return {};
}

}  // namespace

std::expected<void, std::string> replace_file(const std::string& path, std::string_view bytes) {
  return replace(path, bytes, nullptr);
}

std::expected<void, std::string> rewrite_file(const std::string& path, std::string_view bytes) {
  std::error_code failed;
  const std::string whole = std::filesystem::canonical(path, failed).string();
  if (failed) return std::unexpected(path + ": " + failed.message());
  struct stat status{};
  if (::stat(whole.c_str(), &status) != 0) return system_error(whole);
  return replace(whole, bytes, &status);
}

}  // namespace signet::app
