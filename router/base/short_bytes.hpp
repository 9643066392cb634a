// Copying and comparing runs of a few bytes without a call: names and values are short, and there are thousands of them
// in an answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace signet {

namespace detail {

template <class Word>
void copy_ends(char* to, const char* from, size_t size) {
  Word first;
  Word last;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + size - sizeof last, sizeof last);
  std::memcpy(to, &first, sizeof first);
  std::memcpy(to + size - sizeof last, &last, sizeof last);
}

template <class Word>
bool same_ends(const char* a, const char* b, size_t size) {
  Word first[2];
  Word last[2];
  std::memcpy(&first[0], a, sizeof(Word));
  std::memcpy(&first[1], b, sizeof(Word));
  std::memcpy(&last[0], a + size - sizeof(Word), sizeof(Word));
  std::memcpy(&last[1], b + size - sizeof(Word), sizeof(Word));
  return ((first[0] ^ first[1]) | (last[0] ^ last[1])) == 0;
}

struct Block16 {
  uint64_t words[2];
};

}  // namespace detail

/// memcpy(to, from, size), quick up to 32 bytes.
[[gnu::always_inline]] inline void copy_bytes(char* to, const char* from, size_t size) {
  if (size > 32) {
    std::memcpy(to, from, size);
  } else if (size >= 16) {
    detail::copy_ends<detail::Block16>(to, from, size);
  } else if (size >= 8) {
    detail::copy_ends<uint64_t>(to, from, size);
  } else if (size >= 4) {
    detail::copy_ends<uint32_t>(to, from, size);
  } else if (size > 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
}

/// Whether the bytes at `at`, of which there are enough, are those of `text`; quick up to 16 bytes.
[[gnu::always_inline]] inline bool same_bytes(const char* at, std::string_view text) {
  const size_t size = text.size();
  if (size > 16) return std::memcmp(at, text.data(), size) == 0;
  if (size >= 8) return detail::same_ends<uint64_t>(at, text.data(), size);
  if (size >= 4) return detail::same_ends<uint32_t>(at, text.data(), size);
  for (size_t i = 0; i < size; ++i) {
    if (at[i] != text[i]) return false;
  }
  return true;
}

}  // namespace signet
