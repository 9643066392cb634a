#include "router/app/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <stdlib.h>
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

// With its '/'; empty: where this process is.
std::string folder_of(const std::string& path) {
  return path.substr(0, path.find_last_of('/') + 1);
}

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
  const std::string folder = folder_of(path);
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

namespace fs = std::filesystem;

constexpr std::string_view kMark = ".signet-";
constexpr size_t kRandomCharacters = 6;  // mkostemp's
constexpr size_t kNameBytesMax = 200;    // of the name it takes: a file system takes 255 for the whole
constexpr time_t kLeftoverAgeSeconds = 600;

bool is_temporary(std::string_view name) {
  const size_t mark = name.rfind(kMark);
  return name.starts_with('.') && mark != std::string_view::npos &&
         name.size() == mark + kMark.size() + kRandomCharacters;
}

// What crashes left behind. `now`: by the clock of the file system.
void remove_leftovers(const std::string& folder, time_t now) {
  std::error_code error;
  for (fs::directory_iterator at(folder.empty() ? "." : folder, error), end; !error && at != end; at.increment(error)) {
    struct stat status{};
    if (!is_temporary(at->path().filename().string()) || ::lstat(at->path().c_str(), &status) != 0) continue;
    if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || now - status.st_mtime < kLeftoverAgeSeconds)
      continue;
    ::unlink(at->path().c_str());
  }
}

// A new file of a name that nobody can foresee, mode 0600 (mkostemp opens with O_EXCL: never what lies there already).
// Where it was not renamed, it goes.
class Temporary {
 public:
  explicit Temporary(const std::string& path)
      : name_(fmt::format("{}.{}{}XXXXXX", folder_of(path), path.substr(folder_of(path).size(), kNameBytesMax), kMark)),
        file_(::mkostemp(name_.data(), O_CLOEXEC)),
        there_(file_.get() >= 0) {
    struct stat status{};
    if (there_ && ::fstat(file_.get(), &status) == 0) remove_leftovers(folder_of(path), status.st_mtime);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (there_) ::unlink(name_.c_str());
  }
  int get() const { return file_.get(); }
  bool rename_to(const std::string& path) {
    if (::fsync(file_.get()) != 0 || !file_.close() || std::rename(name_.c_str(), path.c_str()) != 0) return false;
    there_ = false;
    return true;
  }

 private:
  std::string name_;
  Descriptor file_;
  bool there_;
};

// `like`: mode and owner of the new file; null: 0600, and whoever this is.
std::expected<void, std::string> replace(const std::string& path, std::string_view bytes, const struct stat* like) {
  Temporary file(path);
  if (file.get() < 0) return system_error(path);
  if (like != nullptr && ::fchown(file.get(), like->st_uid, like->st_gid) != 0) {
    return std::unexpected(fmt::format("{}: its owner and group cannot be kept ({}); run this as its owner or as root",
                                       path, std::strerror(errno)));
  }
  const bool same = like == nullptr || ::fchmod(file.get(), like->st_mode & 07777) == 0;
  if (!same || !write_all(file.get(), bytes) || !file.rename_to(path)) return system_error(path);
  sync_folder_of(path);
  return {};
}

}  // namespace

std::expected<void, std::string> replace_file(const std::string& path, std::string_view bytes) {
  return replace(path, bytes, nullptr);
}

std::expected<void, std::string> check_writable(const std::string& folder) {
  const Temporary probe(folder + "/writable");
  if (probe.get() < 0) return system_error(folder);
  return {};
}

std::expected<void, std::string> rewrite_file(const std::string& path, std::string_view bytes) {
  std::error_code failed;
  const std::string whole = std::filesystem::canonical(path, failed).string();
  if (failed) return std::unexpected(path + ": " + failed.message());
  struct stat status{};
  if (::stat(whole.c_str(), &status) != 0) return system_error(whole);
  return replace(whole, bytes, &status);
}

bool is_still_at(const std::string& path, int descriptor) {
  struct stat here{}, held{};
  return ::stat(path.c_str(), &here) == 0 && ::fstat(descriptor, &held) == 0 && here.st_dev == held.st_dev &&
         here.st_ino == held.st_ino;
}

}  // namespace signet::app
