#include <filesystem>
#include <sys/stat.h>

#include "router/app/artifact_source.hpp"
#include "router/app/files.hpp"
#include "router/base/limits.hpp"

namespace signet::app {
namespace {

using signing::Reason;

// What changes when a file is written or replaced: identity, size and time.
struct Fingerprint {
  ino_t inode = 0;
  off_t size = 0;
  timespec modified{};

  static Fingerprint of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {status.st_ino, status.st_size, status.st_mtim};
  }
  bool operator==(const Fingerprint& other) const {
    return inode == other.inode && size == other.size && modified.tv_sec == other.modified.tv_sec &&
           modified.tv_nsec == other.modified.tv_nsec;
  }
};

class FileSource final : public ArtifactSource {
 public:
  FileSource(const std::string& path, signing::SourceKind kind)
      : folder_(std::filesystem::path(path).parent_path()), name_(std::filesystem::path(path).filename()), kind_(kind) {
    if (folder_.empty()) folder_ = ".";
  }

  signing::SourceKind kind() const override { return kind_; }

  void fetch_statement(OnFetched done) override {
    resolve();
    seen_statement_ = Fingerprint::of(statement_path());
    seen_artifact_ = Fingerprint::of(artifact_path());
    done(read(statement_path(), limits::kStatementBytesMax));
  }

  void fetch_artifact(const std::string&, OnFetched done) override {
    if (resolved_.empty()) resolve();
    done(read(artifact_path(), limits::kArtifactWireBytesMax));
  }

  bool watchable() const override { return true; }

  bool may_have_changed() override {
    resolve();
    return seen_statement_ != Fingerprint::of(statement_path()) || seen_artifact_ != Fingerprint::of(artifact_path());
  }

 private:
  static Fetched read(const std::string& path, uint64_t bytes_max) {
    auto bytes = read_file(path, bytes_max);
    if (!bytes) return signing::refuse(Reason::fetch_failed, bytes.error());
    if (bytes->empty()) return signing::refuse(Reason::fetch_empty, path + " is empty");
    return std::move(*bytes);
  }

  // A ConfigMap's files are links through `..data`, which is swapped in one step: pinning the folder behind the file's
  // own link keeps statement and artifact from two different versions apart.
  void resolve() {
    std::error_code error;
    const auto real = std::filesystem::canonical(folder_ / name_, error);
    resolved_ = error ? folder_ : real.parent_path();
    resolved_name_ = error ? name_ : real.filename();
  }
  std::string artifact_path() const { return (resolved_ / resolved_name_).string(); }
  std::string statement_path() const { return (resolved_ / (name_.string() + ".jws")).string(); }

  std::filesystem::path folder_, name_, resolved_, resolved_name_;
  signing::SourceKind kind_;
  Fingerprint seen_statement_, seen_artifact_;
};

}  // namespace

std::unique_ptr<ArtifactSource> make_file_source(const std::string& path, signing::SourceKind kind) {
  return std::make_unique<FileSource>(path, kind);
}

}  // namespace signet::app
