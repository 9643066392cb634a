// YAML text to Config: parsed with positions, substituted, validated against the schema, decoded, cross-checked.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config-schema/config.hpp"
#include "router/crypto/crypto.hpp"

namespace signet::config {

/// One mistake in a configuration file.
struct Diagnostic {
  std::string file;
  uint32_t line = 0;  ///< from 1
  uint32_t column = 0;
  std::string path;     ///< "limits.depth"
  std::string message;  ///< what is wrong, and what is allowed; never a secret
  std::string source_line;
};

/// "file:line:column: path: message", the line, and a caret below the column.
std::string render(const Diagnostic& diagnostic);
/// All of them as a JSON array, for `--output json`.
std::string render_json(const std::vector<Diagnostic>& diagnostics);

struct SourceFile {
  std::string name;
  std::string text;
};

/// What `${env:NAME}` and `${file:/path}` read; tests pass their own.
struct SubstitutionSources {
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::function<std::optional<std::string>(const std::string& path)> file;  ///< one final newline already stripped
};
SubstitutionSources process_substitution_sources();

/// `text` of a file without one final LF or CRLF.
std::string without_final_newline(std::string text);

/// A file from which a value was taken: `${file:/path}`, or a master key.
struct FileUse {
  std::string key;  ///< path of the value in the YAML; of several, separated by ", "
  std::string path;
  crypto::SecretBytes text;  ///< as it was used, one final newline stripped
};

struct LoadOptions {
  /// `signet dev`: graph, trust and admission may be left out; introspection defaults to on, limits to `measure`.
  bool development = false;
  /// The file of `--trust-root`: what the configuration leaves out is taken from it, and nothing may be less strict.
  std::optional<SourceFile> trust_root;
  /// The files passed the gate under that trust root.
  bool verified = false;
};

/// Where a value came from, for `signet config explain`.
struct Origin {
  std::string path;
  std::string value;  ///< as JSON; secrets shown as "(secret)"
  std::string default_value;
  std::string digest;  ///< SHA-256 of the value that counts, substituted and unsealed: for comparing, not for showing
  std::string file;    ///< empty: default
  uint32_t line = 0;
  bool live = false;  ///< applies on reload; false: needs a restart
  std::string description;
};

struct Loaded {
  Config config;
  std::vector<Origin> origins;
  std::vector<Diagnostic> warnings;
  std::vector<SourceFile> sources;  ///< what was loaded,
  LoadOptions options;              ///< and how
  std::vector<FileUse> files;       ///< each path once
};

/// Later files override earlier ones: maps merge, lists and scalars replace.
/// Errors: every mistake at once, in file order.
std::expected<Loaded, std::vector<Diagnostic>> load(const std::vector<SourceFile>& files,
                                                    const SubstitutionSources& sources,
                                                    const LoadOptions& options = {});

/// The JSON Schema, as `signet config schema` prints it.
std::string_view schema_text();

}  // namespace signet::config
