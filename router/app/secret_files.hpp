// Which files of secrets and keys a configuration names, and what may stand in each.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config-schema/load.hpp"

namespace signet::app {

/// The text of a file by its path. Errors: path and reason.
using ReadSecret = std::function<std::expected<std::string, std::string>(const std::string& path)>;

struct SecretFile {
  std::string key;  ///< where the configuration names it: "admission.secret_file", "trust.keys.KID"
  std::string path;
  uint64_t bytes_max = 0;
  /// For `${file:…}` and master keys: what the configuration was made of, one final newline stripped. Another text
  /// makes other values of the configuration.
  std::optional<crypto::SecretBytes> value;
  /// What is wrong with a text, as far as that can be told by itself; never the text.
  std::function<std::expected<void, std::string>(std::string_view text)> check;
};

/// In development the keys that count are made in memory, and those of the configuration are left out.
/// `used`: what loading the configuration has read. `audit_key`: where the digest of the key is kept under which the
/// audit log began; the first text that is checked sets it, and no other is good from then on.
std::vector<SecretFile> secret_files(const config::Config& config, const std::vector<config::FileUse>& used,
                                     bool development, const std::shared_ptr<std::optional<crypto::Sha256>>& audit_key);

/// The configuration `before` as it was loaded, with the values that `read` brings now.
/// Errors: the first mistake, with its YAML key.
std::expected<config::Loaded, std::string> load_with(const config::Loaded& before, const ReadSecret& read);

}  // namespace signet::app
