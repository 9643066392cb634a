// Copying, clearing and comparing runs of a few bytes without a call: names and values are short, and there are
// thousands of them in an answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace signet {

namespace detail {

template <class Word>
Word word_at(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

template <class Word>
void copy_ends(char* to, const char* from, size_t size) {
  const Word first = word_at<Word>(from);
  const Word last = word_at<Word>(from + size - sizeof last);
  std::memcpy(to, &first, sizeof first);
  std::memcpy(to + size - sizeof last, &last, sizeof last);
}

template <class Word>
void clear(char* to) {
  constexpr Word kZero{};
  std::memcpy(to, &kZero, sizeof kZero);
}

template <class Word>
bool same_ends(const char* a, const char* b, size_t size) {
  const size_t last = size - sizeof(Word);
  return ((word_at<Word>(a) ^ word_at<Word>(b)) | (word_at<Word>(a + last) ^ word_at<Word>(b + last))) == 0;
}

struct Block16 {  // not an array, for which compilers would guard the stack
  uint64_t low, high;
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

/// memset(to, 0, size), quick up to 128 bytes.
[[gnu::always_inline]] inline void clear_bytes(char* to, size_t size) {
  using detail::Block16;
  constexpr size_t kBlock = sizeof(Block16);
  if (size > 8 * kBlock) {
    std::memset(to, 0, size);
  } else if (size >= kBlock) {
    for (size_t at = 0; at < 4 * kBlock; at += kBlock) {
      detail::clear<Block16>(to + at);
      detail::clear<Block16>(to + size - kBlock - at);
      if (size <= 2 * (at + kBlock)) break;
    }
  } else if (size >= 8) {
    detail::clear<uint64_t>(to);
    detail::clear<uint64_t>(to + size - 8);
  } else if (size >= 4) {
    detail::clear<uint32_t>(to);
    detail::clear<uint32_t>(to + size - 4);
  } else if (size > 0) {
    to[0] = to[size / 2] = to[size - 1] = 0;
  }
}

/// Whether the bytes at `at`, of which there are enough, are those of `text`; quick up to 32 bytes.
[[gnu::always_inline]] inline bool same_bytes(const char* at, std::string_view text) {
  const size_t size = text.size();
  if (size > 32) return std::memcmp(at, text.data(), size) == 0;
  if (size >= 16) {
    const size_t last = size - 16;
    return detail::same_ends<uint64_t>(at, text.data(), 16) &&
           detail::same_ends<uint64_t>(at + last, text.data() + last, 16);
  }
  if (size >= 8) return detail::same_ends<uint64_t>(at, text.data(), size);
  if (size >= 4) return detail::same_ends<uint32_t>(at, text.data(), size);
  for (size_t i = 0; i < size; ++i) {
    if (at[i] != text[i]) return false;
  }
  return true;
}

}  // namespace signet
