// Reading configuration files for commands, with diagnostics to standard error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config-schema/load.hpp"
#include "router/app/router_process.hpp"
#include "router/cli/commands.hpp"

namespace signet::cli {

/// Loads and reports. Nothing: diagnostics went to standard error (or, as JSON, to standard output); the exit code is 1
/// for wrong files and 3 for files that cannot be read.
struct LoadedConfig {
  std::optional<config::Loaded> loaded;
  int exit_code = 0;
  std::optional<signing::Verified<signing::Artifact>> artifact{};  ///< its evidence, where the trust root asks for it
};
LoadedConfig load_config(const ConfigInput& input, const config::LoadOptions& options = {}, bool json = false);

/// Reads and loads again, for a running router; `running` is its configuration, where it is a signed one.
/// Errors: every mistake, one a line and without the text of the files, or the gate's refusal.
std::expected<app::ReadConfig, app::ConfigRefusal> reload_config(const ConfigInput& input,
                                                                 const signing::Artifact* running);

/// Every diagnostic as config::render() has it, each with its final newline.
std::string render_all(const std::vector<config::Diagnostic>& diagnostics);

/// A whole file, or standard input for "-". Problems go to standard error.
std::optional<std::string> read_input(const std::string& file);
/// Writes a file or, for an empty name, standard output. Problems go to standard error.
bool write_output(const std::string& file, std::string_view bytes);
/// "file:line:column: ", or "file: " for what has no place (line 0).
std::string place(const std::string& file, uint32_t line, uint32_t column);
/// One line on standard error: "signet: …".
void complain(const std::string& message);
/// Problems that start with a YAML key, each with the file and line of that key as far as one wrote it.
void complain_at(const std::vector<config::Origin>& origins, const std::vector<std::string>& problems);

}  // namespace signet::cli
