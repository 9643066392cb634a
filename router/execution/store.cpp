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

// Leaves whose tokens are one piece of text.
template <class Use>
void for_each_run(std::span<StoredValue> values, Use use) {
  for (auto begin = values.begin(); begin != values.end();) {
    auto end = begin + 1;
    if (begin->kind == ValueKind::leaf) {
      while (end != values.end() && end->follows) ++end;
      use(std::span(begin, end));
    }
    begin = end;
  }
}

std::string_view text_of(std::span<const StoredValue> run) {
  return run.front().raw_until(run.back());
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
  for_each_run(values, [&](std::span<StoredValue> run) { bytes += text_of(run).size(); });
  char* at = tokens.allocate_array<char>(bytes);
  for_each_run(values, [&](std::span<StoredValue> run) {
    const std::string_view text = text_of(run);
    copy_bytes(at, text.data(), text.size());
    for (StoredValue& value : run) value.set_text(at + (value.raw().data() - text.data()));
    at += text.size();
  });
}

}  // namespace signet::execution
