// TicketKeys: what session tickets are sealed with. One ring for all workers, which outlives the certificates: a client
// takes its session up again on any worker and after any rotation.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>

#include "router/base/clock.hpp"

namespace signet::net {

/// Keys live in memory only: after a restart every session begins anew.
/// Threads: any; takes a lock, for handshakes only.
class TicketKeys {
 public:
  static constexpr std::chrono::hours kRotation{1};
  static constexpr size_t kOlder = 2;  ///< keys that open tickets still, beside the newest, which seals them

  struct Key {
    std::array<uint8_t, 16> name{};
    std::array<uint8_t, 32> cipher{};
    std::array<uint8_t, 32> mac{};
    SteadyTime made;
    Key() = default;
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();  ///< wipes it
  };
  struct Found {
    Key key;
    bool newest = false;
  };

  explicit TicketKeys(const Clock& clock, std::chrono::milliseconds rotation = kRotation);

  /// The key that seals; a new one when the last is older than the rotation.
  Key newest();
  /// The key of a ticket; none when it is too old or not ours.
  std::optional<Found> find(std::span<const uint8_t> name);

 private:
  void rotate_if_due();

  const Clock& clock_;
  std::chrono::milliseconds rotation_;
  std::mutex mutex_;
  std::deque<Key> keys_;  // the newest first
};

}  // namespace signet::net
