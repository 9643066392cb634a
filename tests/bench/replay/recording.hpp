// Recording: what the real subgraphs answered to each request so far, ready to be sent again in one write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace signet::bench {

struct Counts {
  uint64_t requests = 0;
  uint64_t misses = 0;   ///< asked of the real subgraphs, and recorded
  uint64_t unknown = 0;  ///< answered with 500: nobody knew the answer
};

/// Threads: one. Asking the real subgraphs blocks: a miss has no place in a measurement.
class Recording {
 public:
  /// Port 0: there are no real subgraphs, every request that is not recorded is unknown.
  explicit Recording(uint16_t subgraphs_port) : port_(subgraphs_port) {}
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /// The whole message to send. Lifetime: of the recording.
  const std::string& answer(std::string_view target, std::string_view body);
  const Counts& counts() const { return counts_; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  bool connect();
  void disconnect();
  /// Sends `request` and reads the answer into `answer`. False when the connection is of no use.
  bool exchange(std::string_view request, std::string& status, std::string& answer);

  uint16_t port_;
  int socket_ = -1;
  std::string key_;  // kept, so that looking up allocates nothing
  std::unordered_map<std::string, std::string, Hash, std::equal_to<>> answers_;
  Counts counts_;
};

}  // namespace signet::bench
