// Files under tests/golden.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

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

}  // namespace signet::testing
