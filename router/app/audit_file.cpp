#include "router/app/audit_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include "router/app/files.hpp"

namespace signet::app {
namespace {

constexpr uint64_t kAuditBytesMax = 256u << 20;

// The place after the last whole record of an existing log. A record that a crash left half written is cut off: the
// next one would stand on its line.
signing::AuditTip tip_of(const std::string& path, const std::string& log) {
  if (!log.empty() && !log.ends_with('\n')) {
    const size_t whole = log.rfind('\n');
    std::error_code ignored;
    std::filesystem::resize_file(path, whole == std::string::npos ? 0 : whole + 1, ignored);
  }
  return signing::verify_audit(log, {.keys = {}, .unsigned_records_max = UINT64_MAX}).tip;
}

}  // namespace

void AuditFile::open(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    const auto log = read_file(path, kAuditBytesMax);
    if (!log) return on_problem_(log.error());
    chain_ = signing::AuditChain(tip_of(path, *log));
  }
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor_ < 0) on_problem_(path + ": " + std::strerror(errno));
}

AuditFile::~AuditFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void AuditFile::append(WallTime now, std::string_view type, const signing::AuditAttributes& attributes) {
  if (descriptor_ < 0) return;
  const std::string line = chain_.append(now, type, attributes);
  if (::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
      ::fdatasync(descriptor_) != 0) {
    on_problem_(std::string("a record was not written: ") + std::strerror(errno));
  }
}

}  // namespace signet::app
