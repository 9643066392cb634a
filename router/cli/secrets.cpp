// signet secrets: values sealed for a place in the YAML, and sealed anew under another master key.
#include <filesystem>
#include <fmt/format.h>
#include <set>

#include "config-schema/reseal.hpp"
#include "config-schema/sealed_value.hpp"
#include "router/app/file_lock.hpp"
#include "router/app/files.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "signing/core/key.hpp"

namespace signet::cli {
namespace {

void wipe(std::string& text) {
  crypto::wipe({reinterpret_cast<uint8_t*>(text.data()), text.size()});
}

// Nothing: the problem went to standard error, and `exit_code` says which kind it was.
std::optional<crypto::SecretBytes> read_master_key(const std::string& file, int& exit_code) {
  auto text = read_input(file);
  if (!text) {
    exit_code = kEnvironment;
    return std::nullopt;
  }
  auto key = signing::parse_hmac_secret(*text);
  wipe(*text);
  if (key) return std::move(*key);
  complain(file + ": " + key.error().message);
  exit_code = kWrong;
  return std::nullopt;
}

constexpr std::chrono::seconds kLockPatience{10};

// Each file once, in one order for everybody: two that lock the same files cannot wait for each other.
std::expected<std::vector<app::FileLock>, std::string> lock_files(const std::vector<std::string>& names) {
  std::set<std::filesystem::path> files;
  for (const std::string& name : names) {
    std::error_code failed;
    files.insert(std::filesystem::canonical(name, failed));
    if (failed) return std::unexpected(name + ": " + failed.message());
  }
  std::vector<app::FileLock> locks;
  for (const std::filesystem::path& file : files) {
    auto lock = app::FileLock::take(file, kLockPatience);
    if (!lock) return std::unexpected(lock.error());
    locks.push_back(std::move(*lock));
  }
  return locks;
}

}  // namespace

int secrets_seal(const SealOptions& options) {
  int exit_code = kOk;
  const auto master = read_master_key(options.master_key_file, exit_code);
  if (!master) return exit_code;
  auto read = read_input("-");
  if (!read) return kEnvironment;
  std::string value = config::without_final_newline(std::move(*read));
  const auto sealed = config::seal(*master, {options.graph, options.environment, options.key}, value);
  wipe(value);
  if (!sealed) {
    complain(sealed.error());
    return kUsage;
  }
  fmt::print("{}\n", *sealed);
  return kOk;
}

int secrets_rotate(const RotateOptions& options) {
  int exit_code = kOk;
  const auto from = read_master_key(options.from_file, exit_code);
  if (!from) return exit_code;
  const auto to = read_master_key(options.to_file, exit_code);
  if (!to) return exit_code;
  // Another rotation waits until this one has written what it read.
  const auto locks = lock_files(options.config_files);
  if (!locks) {
    complain(locks.error());
    return kEnvironment;
  }
  std::vector<config::SourceFile> files;
  for (const std::string& name : options.config_files) {
    auto text = read_input(name);
    if (!text) return kEnvironment;
    files.push_back({name, std::move(*text)});
  }
  const auto resealed = config::reseal(files, config::process_substitution_sources(), *from, *to);
  if (!resealed) {
    std::fputs(render_all(resealed.error()).c_str(), stderr);
    complain("nothing was changed");
    return kWrong;
  }
  for (size_t i = 0; i < files.size(); ++i) {
    if (resealed->files[i].text == files[i].text) continue;
    if (auto written = app::rewrite_file(files[i].name, resealed->files[i].text); !written) {
      complain(written.error() + "; rotate again when that is mended: what is done already is left alone");
      return kEnvironment;
    }
  }
  fmt::print("{} value{} sealed anew\n", resealed->values, resealed->values == 1 ? "" : "s");
  return kOk;
}

}  // namespace signet::cli
