// Files under tests/golden.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace signet::testing {

inline std::filesystem::path golden_folder() {
  const char* root = std::getenv("SIGNET_SOURCE_DIR");
  return std::filesystem::path(root == nullptr ? "." : root) / "tests" / "golden";
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string golden_supergraph(const std::string& name) {
  return read_file(golden_folder() / "supergraphs" / (name + ".graphql"));
}

/// An operation over a golden supergraph. The file holds the operation, kGoldenSeparator, and its plan as text.
struct GoldenOperation {
  std::filesystem::path file;
  std::string operation;
  std::optional<std::string> plan;  ///< none: the file is new
};

inline constexpr std::string_view kGoldenSeparator = "\n----\n";

/// The supergraphs that have golden plans.
inline std::vector<std::string> golden_graphs() {
  std::vector<std::string> names;
  for (const auto& folder : std::filesystem::directory_iterator(golden_folder() / "plans")) {
    names.push_back(folder.path().filename());
  }
  return names;
}

inline std::vector<GoldenOperation> golden_operations(const std::string& graph) {
  std::vector<GoldenOperation> operations;
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder() / "plans" / graph)) {
    const std::string text = read_file(entry.path());
    const size_t separator = text.find(kGoldenSeparator);
    operations.push_back({.file = entry.path(), .operation = text.substr(0, separator), .plan = {}});
    if (separator != std::string::npos) operations.back().plan = text.substr(separator + kGoldenSeparator.size());
  }
  return operations;
}

}  // namespace signet::testing
