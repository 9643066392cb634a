// SpareBuffers: the room of answers that are sent, for the next ones. The room that was used last comes first, because
// the processor still has it at hand: new room for 100 KB costs more than writing them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace signet::net {

/// Threads: one at a time.
class SpareBuffers {
 public:
  static constexpr size_t kBuffersMax = 8;
  static constexpr size_t kBufferBytesMin = 4u << 10, kBufferBytesMax = 512u << 10;  ///< others are not kept

  /// An empty text; with room when there is any.
  std::string take() {
    if (buffers_.empty()) return {};
    std::string buffer = std::move(buffers_.back());
    buffers_.pop_back();
    buffer.clear();
    return buffer;
  }
  /// What `text` says is not needed any more.
  void give(std::string&& text) {
    if (text.capacity() < kBufferBytesMin || text.capacity() > kBufferBytesMax) return;
    if (buffers_.size() < kBuffersMax) buffers_.push_back(std::move(text));
  }

 private:
  std::vector<std::string> buffers_;
};

}  // namespace signet::net
