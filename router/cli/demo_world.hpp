// DemoWorld: what `signet demo` sets up: a folder with fresh keys, a signed and approved graph, and a configuration.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace signet::cli {

struct DemoPorts {
  uint16_t subgraphs = 0;
  uint16_t graphql = 0;
  uint16_t health = 0;
  uint16_t admin = 0;
};

/// Owns the folder: mode 0700, removed with everything in it when the world ends.
class DemoWorld {
 public:
  /// Errors: the system's words.
  static std::expected<DemoWorld, std::string> make(const DemoPorts& ports);
  ~DemoWorld();
  DemoWorld(DemoWorld&& other) noexcept : folder_(std::move(other.folder_)) { other.folder_.clear(); }
  DemoWorld& operator=(DemoWorld&&) = delete;

  const std::string& folder() const { return folder_; }
  std::string config_file() const { return folder_ + "/signet.yaml"; }
  std::string graph_file() const { return folder_ + "/graph.graphql"; }
  std::string statement_file() const { return graph_file() + ".jws"; }
  std::string keys_folder() const { return folder_ + "/keys"; }
  std::string state_folder() const { return folder_ + "/state"; }

 private:
  explicit DemoWorld(std::string folder) : folder_(std::move(folder)) {}

  std::expected<void, std::string> fill(const DemoPorts& ports) const;

  std::string folder_;
};

}  // namespace signet::cli
