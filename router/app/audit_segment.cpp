#include "router/app/audit_segment.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "router/app/files.hpp"
#include "signing/core/audit_line.hpp"

namespace signet::app {
namespace {

constexpr std::string_view kPrefix = "audit-";
constexpr std::string_view kSuffix = ".log";
constexpr size_t kDigits = 8;

std::unexpected<std::string> system_error(const std::string& path) {
  return std::unexpected(fmt::format("{}: {}", path, std::strerror(errno)));
}

}  // namespace

std::string audit_segment_name(uint64_t number) {
  return fmt::format("{}{:0{}}{}", kPrefix, number, kDigits, kSuffix);
}

std::optional<uint64_t> audit_segment_number(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(std::min(kSuffix.size(), name.size()));
  if (name.size() != kDigits) return std::nullopt;
  uint64_t number = 0;
  for (const char c : name) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  return number == 0 ? std::nullopt : std::optional(number);
}

std::expected<std::vector<uint64_t>, std::string> list_audit_segments(const std::string& folder) {
  std::vector<uint64_t> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (const auto number = audit_segment_number(at->path().filename().string())) numbers.push_back(*number);
  }
  if (error) return std::unexpected(folder + ": " + error.message());
  std::ranges::sort(numbers);
  return numbers;
}

std::expected<std::string, std::string> audit_segment_beginning(const std::string& path) {
  constexpr size_t kBytes = signing::kAuditLineBytesMax + 1;
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kBytes, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.gcount() == 0)
    return std::unexpected(fmt::format("{}: {}", path, errno == 0 ? "is empty" : std::strerror(errno)));
  bytes.resize(static_cast<size_t>(file.gcount()));
  return bytes;
}

std::expected<std::unique_ptr<AuditSegment>, std::string> AuditSegment::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_error(path);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) {
    auto error = system_error(path);
    ::close(descriptor);
    return error;
  }
  sync_folder_of(path);
  return std::unique_ptr<AuditSegment>(new AuditSegment(path, descriptor, static_cast<uint64_t>(status.st_size)));
}

AuditSegment::~AuditSegment() {
  ::close(descriptor_);
}

std::expected<void, std::string> AuditSegment::append(std::string_view line) {
  struct stat status{};
  if (::fstat(descriptor_, &status) == 0 && status.st_nlink == 0) return std::unexpected(path_ + ": was deleted");
  if (torn_) {
    if (auto whole = cut(size_); !whole) return whole;
  }
  torn_ = true;
  if (!write_all(descriptor_, line) || ::fdatasync(descriptor_) != 0) {
    auto error = system_error(path_);
    [[maybe_unused]] const auto tried_again_before_the_next = cut(size_);
    return error;
  }
  torn_ = false;
  size_ += line.size();
  return {};
}

std::expected<void, std::string> AuditSegment::cut(uint64_t bytes) {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0 || ::fdatasync(descriptor_) != 0) {
    return system_error(path_);
  }
  size_ = bytes;
  torn_ = false;
  return {};
}

}  // namespace signet::app
