// FileWatch: what is known of files that are looked at again and again: what is in use, what is wrong with them now,
// and whether that was told. Whoever watches reads and applies; here is decided when something is a change, and when it
// is worth telling.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>

#include "router/base/clock.hpp"
#include "router/crypto/crypto.hpp"
#include "router/json/writer.hpp"

namespace signet::app {

/// Why a file, or files that belong together, cannot be used.
struct FileProblem {
  std::string key;  ///< where the configuration names them: "listen.tls"
  std::string file;
  std::string reason;
  /// KEY: FILE REASON
  std::string text() const;
};

/// What an operator does about a file of a secret that cannot be used.
inline constexpr std::string_view kSecretFileWhatToDo =
    "put a whole and good file in place; until then what it held before is used";

/// The file at `path`. Errors: the system's words, or the cap.
std::expected<std::string, FileProblem> read_file_of(const std::string& key, const std::string& path,
                                                     uint64_t bytes_max);

class FileWatch {
 public:
  /// Between two looks.
  static constexpr std::chrono::milliseconds kPoll{1'000};
  /// Writers may replace files one after the other, or write one in pieces: what is wrong is told when it has lasted.
  static constexpr std::chrono::milliseconds kTornGrace{2'500};

  /// What has this digest is in use from now on.
  void use(const crypto::Sha256& digest, WallTime now);
  /// True when the files hold what is in use, as before or as before again: nothing is wrong any more.
  bool holds(const crypto::Sha256& digest);
  /// The files cannot be used. True: tell it. Once for each thing that is wrong; at once where nobody is `patient`.
  bool refuse(const FileProblem& problem, SteadyTime now, WallTime wall, bool patient);

  WallTime since() const { return since_; }
  bool refused() const { return problem_.has_value(); }
  /// Writes the members "since" and "refused" of an open object; `what_to_do` about what was refused.
  void write_status(json::Writer& writer, std::string_view what_to_do) const;

 private:
  struct Told {
    FileProblem what;
    WallTime at;
  };
  crypto::Sha256 digest_{};
  WallTime since_;
  std::optional<Told> problem_;            // told, and still so
  std::optional<SteadyTime> wrong_since_;  // not told yet
};

}  // namespace signet::app
