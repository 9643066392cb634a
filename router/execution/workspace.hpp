// Workspace: what the executions of one thread need room for, in turn. The room that was used last is used first,
// because the processor still has it at hand, and because the allocator asks more for large room than most requests do
// with it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "router/execution/path.hpp"
#include "router/execution/repeated_objects.hpp"
#include "router/execution/representation.hpp"
#include "router/execution/store.hpp"

namespace signet::execution {

/// An object of the answer that is being written, which came out the same whatever its path: no error was looked at or
/// made.
struct WrittenObject {
  size_t begin = 0;
  size_t length = 0;  ///< 0: nowhere
  uint32_t cuts = 0;  ///< how often the text had been cut back
};

/// Nothing in it means anything from one use to the next.
/// Threads: one at a time.
class Workspace {
 public:
  static constexpr size_t kStoresMax = 64;              ///< that are kept
  static constexpr size_t kStoreBytesMax = 256u << 10;  ///< larger ones are not
  static constexpr size_t kScratchBytesMax = 1u << 20;  ///< of each of the others

  /// An empty store for `plan`.
  std::unique_ptr<Store> take_store(const Plan& plan);
  void give_back(std::unique_ptr<Store> store);
  /// Gives up what an unusual execution has made large.
  void trim();

  // While an answer is read:
  std::vector<RepeatedObjects::Place> repeated;
  std::vector<StoredValue> pending;
  // While a request is written:
  RepresentationList::Room representations;
  std::string body;
  // While the client's answer is written:
  std::vector<WrittenObject> written;

 private:
  std::vector<std::unique_ptr<Store>> stores_;
};

}  // namespace signet::execution
