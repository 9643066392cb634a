#include "router/cli/config_files.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <iterator>

#include "router/app/files.hpp"

namespace signet::cli {
namespace {

constexpr uint64_t kInputBytesMax = 64u << 20;

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
  if (file == "-") return std::string((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  auto bytes = app::read_file(file, kInputBytesMax);
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

LoadedConfig load_config(const std::vector<std::string>& files, const config::LoadOptions& options, bool json) {
  std::vector<config::SourceFile> sources;
  for (const std::string& file : files) {
    auto text = read_input(file);
    if (!text) return {std::nullopt, 3};
    sources.push_back({file, std::move(*text)});
  }
  auto loaded = config::load(sources, config::process_substitution_sources(), options);
  if (!loaded) {
    if (json) {
      std::printf("%s\n", config::render_json(loaded.error()).c_str());
    } else {
      std::fputs(render_all(loaded.error()).c_str(), stderr);
      std::fprintf(stderr, "%zu error%s\n", loaded.error().size(), loaded.error().size() == 1 ? "" : "s");
    }
    return {std::nullopt, 1};
  }
  for (const config::Diagnostic& warning : loaded->warnings) {
    std::fprintf(stderr, "warning: %s\n", config::render(warning).c_str());
  }
  return {std::move(*loaded), 0};
}

std::expected<config::Loaded, std::string> reload_config(const std::vector<std::string>& files) {
  std::vector<config::SourceFile> sources;
  for (const std::string& file : files) {
    auto text = app::read_file(file, kInputBytesMax);
    if (!text) return std::unexpected(text.error());
    sources.push_back({file, std::move(*text)});
  }
  auto loaded = config::load(sources, config::process_substitution_sources());
  if (loaded) return std::move(*loaded);
  return std::unexpected(render_all(loaded.error()));
}

std::string render_all(const std::vector<config::Diagnostic>& diagnostics) {
  std::string all;
  for (const config::Diagnostic& diagnostic : diagnostics) all += config::render(diagnostic) + "\n";
  return all;
}

}  // namespace signet::cli
