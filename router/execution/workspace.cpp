#include "router/execution/workspace.hpp"

#include <utility>

namespace signet::execution {
namespace {

template <class Room>
void trim(Room& room) {
  if (room.capacity() * sizeof(typename Room::value_type) > Workspace::kScratchBytesMax) Room().swap(room);
}

}  // namespace

std::unique_ptr<Store> Workspace::take_store(const Plan& plan) {
  if (stores_.empty()) return std::make_unique<Store>(plan);
  auto store = std::move(stores_.back());
  stores_.pop_back();
  store->reset(plan);
  return store;
}

void Workspace::give_back(std::unique_ptr<Store> store) {
  if (stores_.size() < kStoresMax && store->room_bytes() <= kStoreBytesMax) stores_.push_back(std::move(store));
}

void Workspace::trim() {
  execution::trim(repeated);
  execution::trim(pending);
  execution::trim(representations.known);
  execution::trim(representations.places);
  execution::trim(body);
  execution::trim(written);
}

}  // namespace signet::execution
