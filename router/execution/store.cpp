#include "router/execution/store.hpp"

#include <algorithm>

#include "router/base/short_bytes.hpp"

namespace signet::execution {
namespace {

// The vectors in it keep their room.
template <class Lists>
void reset_lists(Lists& lists, size_t size) {
  lists.resize(size);
  for (auto& list : lists) list.clear();
}

}  // namespace

void Store::reset(const Plan& plan) {
  texts.clear();
  tokens.reset();
  answer_bytes = 0;
  blocks.clear();
  slots.clear();
  links.clear();
  lists.clear();
  items.clear();
  walked = 0;
  reset_lists(results, plan.fetches.size());
  reset_lists(wanted, plan.fetches.size());
  chains.resize(plan.shapes.size());
  std::ranges::fill(chains, Chain{});
}

size_t Store::room_bytes() const {
  size_t bytes = tokens.room_bytes() + blocks.room_bytes() + slots.room_bytes() + links.room_bytes() +
                 lists.room_bytes() + items.room_bytes() + chains.size() * sizeof(Chain);
  for (const std::string& text : texts) bytes += text.capacity();
  for (const auto& result : results) bytes += result.capacity() * sizeof(StoredValue);
  for (const auto& bits : wanted) bytes += bits.capacity() / 8;
  return bytes;
}

void Store::keep_tokens(size_t first) {
  const std::span<StoredValue> values = slots.values().subspan(first);
  size_t bytes = 0;
  for (const StoredValue& value : values) bytes += value.kind == ValueKind::leaf ? value.raw().size() : 0;
  char* at = tokens.allocate_array<char>(bytes);
  for (StoredValue& value : values) {
    if (value.kind != ValueKind::leaf) continue;
    const std::string_view token = value.raw();
    copy_bytes(at, token.data(), token.size());
    value.set_text(at);
    at += token.size();
  }
}

}  // namespace signet::execution
