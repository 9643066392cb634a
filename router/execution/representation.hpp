// The `representations` of entity fetches: raw text of key and requirement fields, each distinct one once.
#pragma once

#include <string>
#include <vector>

#include "router/base/text_buffer.hpp"
#include "router/execution/cursor.hpp"

namespace signet::execution {

/// One list of representations, appended to a request's body.
/// Lifetime: within those of `body`, which has the list when this is gone, and of `room`. Both are nobody else's
/// meanwhile.
class RepresentationList {
 public:
  struct Known {
    uint64_t hash = 0;
    size_t begin = 0, length = 0;
  };
  struct Room {
    std::vector<Known> known;      ///< by number
    std::vector<uint32_t> places;  ///< numbers by hash, open addressing; kNone: free; a power of two of them
  };

  RepresentationList(const Plan& plan, Store& store, std::string& body, Room& room)
      : plan_(plan), store_(store), body_(body), known_(room.known), places_(room.places) {
    known_.clear();
    places_.clear();
    body_.put('[');
  }

  /// Adds what the objects of `fetch` need, and links each object that takes part to its own representation. An object
  /// without all key fields takes no part. False when the objects are too many to walk.
  bool add(FetchId fetch);
  /// Closes the list. Returns how many representations it holds.
  uint32_t finish();

 private:
  /// The number of the representation that was just written from `begin` on; taken back when it is there already.
  uint32_t number_of(size_t checkpoint, size_t begin);
  void make_places();

  const Plan& plan_;
  Store& store_;
  TextBuffer body_;
  std::vector<Known>& known_;
  std::vector<uint32_t>& places_;
};

/// Links the objects of a root fetch below the root. Returns 1 when there are any, else 0.
size_t link_reentry(const Plan& plan, Store& store, FetchId fetch);

}  // namespace signet::execution
