#include "router/cli/config_files.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <iterator>

#include "router/app/files.hpp"

namespace signet::cli {
namespace {

constexpr uint64_t kInputBytesMax = 64u << 20;
constexpr std::chrono::milliseconds kTornFilesPatience{2'000};

struct Failure {
  std::vector<config::Diagnostic> diagnostics;  // or, where there are none,
  std::string text;
  int exit_code = kWrong;
  std::optional<signing::Refusal> why{};
  std::optional<config::SourceFile> trust_root{};
};

std::unexpected<Failure> cannot_read(std::string why) {
  return std::unexpected(Failure{.diagnostics = {}, .text = std::move(why), .exit_code = kEnvironment});
}

std::expected<std::string, std::string> read_text(const std::string& file) {
  if (file == "-") return std::string((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  return app::read_file(file, kInputBytesMax);
}

// The one file of a signed configuration, verified: its text is the artifact's.
std::expected<app::VerifiedConfig, Failure> verify(const config::TrustRoot& root, const ConfigInput& input,
                                                   const signing::Artifact* running,
                                                   std::chrono::milliseconds patience) {
  if (input.files.size() != 1) {
    return std::unexpected(Failure{{}, "--trust-root: a signed configuration is one file; pass -c once", kUsage});
  }
  auto verified = app::verify_config(root, input.files.front(), SystemClock(), running, patience);
  if (verified) return std::move(*verified);
  const bool judged = verified.error().why.has_value();
  return std::unexpected(
      Failure{{}, std::move(verified.error().text), judged ? kWrong : kEnvironment, std::move(verified.error().why)});
}

std::expected<app::ReadConfig, Failure> read_config(const ConfigInput& input, config::LoadOptions options,
                                                    const signing::Artifact* running,
                                                    std::chrono::milliseconds patience) {
  std::optional<config::TrustRoot> root;
  std::optional<app::VerifiedConfig> verified;
  if (!input.trust_root.empty()) {
    auto text = app::read_file(input.trust_root, kInputBytesMax);
    if (!text) return cannot_read("--trust-root: " + text.error());
    options.trust_root = config::SourceFile{input.trust_root, std::move(*text)};
    auto loaded = config::load_trust_root(*options.trust_root);
    if (!loaded) return std::unexpected(Failure{std::move(loaded.error()), {}});
    root = std::move(*loaded);
  }
  if (root && root->trust.require_signed_config) {
    auto good = verify(*root, input, running, patience);
    if (!good) {
      good.error().trust_root = std::move(options.trust_root);
      return std::unexpected(std::move(good.error()));
    }
    verified = std::move(*good);
    options.verified = true;
  }
  std::vector<config::SourceFile> sources;
  for (const std::string& file : input.files) {
    auto text = verified ? std::expected<std::string, std::string>(*verified->artifact->text) : read_text(file);
    if (!text) return cannot_read(text.error());
    sources.push_back({file, std::move(*text)});
  }
  auto loaded = config::load(sources, config::process_substitution_sources(), options);
  if (!loaded) return std::unexpected(Failure{std::move(loaded.error()), {}});
  app::ReadConfig read{std::move(*loaded), std::nullopt};
  if (verified) {
    for (std::string& warning : verified->warnings) read.loaded.warnings.push_back({.message = std::move(warning)});
    read.artifact = std::move(verified->artifact);
  }
  return read;
}

}  // namespace

std::string place(const std::string& file, uint32_t line, uint32_t column) {
  return line == 0 ? file + ": " : fmt::format("{}:{}:{}: ", file, line, column);
}

void complain(const std::string& message) {
  std::fprintf(stderr, "signet: %s\n", message.c_str());
}

void complain_at(const std::vector<config::Origin>& origins, const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    std::string at = "signet: ";
    for (const config::Origin& origin : origins) {
      const bool named = problem.starts_with(origin.path) && problem[origin.path.size()] == ':';
      if (named && origin.line > 0) at = fmt::format("{}:{}: ", origin.file, origin.line);
    }
    std::fprintf(stderr, "%s%s\n", at.c_str(), problem.c_str());
  }
}

std::optional<std::string> read_input(const std::string& file) {
  auto bytes = read_text(file);
  if (!bytes) {
    complain(bytes.error());
    return std::nullopt;
  }
  return std::move(*bytes);
}

bool write_output(const std::string& file, std::string_view bytes) {
  if (file.empty()) {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    return true;
  }
  if (auto written = app::replace_file(file, bytes); !written) {
    complain(written.error());
    return false;
  }
  return true;
}

LoadedConfig load_config(const ConfigInput& input, const config::LoadOptions& options, bool json) {
  auto read = read_config(input, options, nullptr, kTornFilesPatience);
  if (read) {
    for (const config::Diagnostic& warning : read->loaded.warnings) {
      std::fprintf(stderr, "warning: %s\n", config::render(warning).c_str());
    }
    return {std::move(read->loaded), kOk, std::move(read->artifact)};
  }
  const Failure& failure = read.error();
  if (failure.diagnostics.empty()) {
    complain(failure.text);
  } else if (json) {
    std::printf("%s\n", config::render_json(failure.diagnostics).c_str());
  } else {
    std::fputs(render_all(failure.diagnostics).c_str(), stderr);
    std::fprintf(stderr, "%zu error%s\n", failure.diagnostics.size(), failure.diagnostics.size() == 1 ? "" : "s");
  }
  return {.loaded = std::nullopt, .exit_code = failure.exit_code};
}

std::expected<app::ReadConfig, app::ConfigRefusal> reload_config(const ConfigInput& input,
                                                                 const signing::Artifact* running) {
  auto read = read_config(input, {}, running, std::chrono::milliseconds(0));
  if (read) return std::move(*read);
  Failure& failure = read.error();
  for (config::Diagnostic& diagnostic : failure.diagnostics) {
    diagnostic.source_line.clear();  // logs are no place for what may be a secret
    failure.text += (failure.text.empty() ? "" : "\n") + config::render(diagnostic);
  }
  return std::unexpected(
      app::ConfigRefusal{std::move(failure.text), std::move(failure.why), std::move(failure.trust_root)});
}

std::string render_all(const std::vector<config::Diagnostic>& diagnostics) {
  std::string all;
  for (const config::Diagnostic& diagnostic : diagnostics) all += config::render(diagnostic) + "\n";
  return all;
}

}  // namespace signet::cli
