// TextBuffer: writes to the end of a std::string in thousands of small pieces; the room for them is made in few steps.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "router/base/short_bytes.hpp"

namespace signet {

/// Lifetime: borrows the string, which has what was written when the buffer is gone (or handed it out), and must not be
/// touched before.
class TextBuffer {
 public:
  explicit TextBuffer(std::string& text) : text_(text) { open(); }
  ~TextBuffer() { trim(); }
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;

  size_t size() const { return static_cast<size_t>(at_ - text_.data()); }

  void put(char c) {
    need(1);
    *at_++ = c;
  }
  void put(std::string_view bytes) {
    need(bytes.size());
    add(bytes);
  }
  void put(char c, std::string_view bytes) {
    need(bytes.size() + 1);
    *at_++ = c;
    add(bytes);
  }
  void put(char c, std::string_view bytes, std::string_view more) {
    need(bytes.size() + more.size() + 1);
    *at_++ = c;
    add(bytes);
    add(more);
  }
  /// Once more what was written from `begin` on, `length` bytes.
  void repeat(size_t begin, size_t length) {
    need(length);
    add(written(begin, length));
  }
  /// `length` bytes of what was written, from `begin` on.
  /// Lifetime: until more is.
  std::string_view written(size_t begin, size_t length) const { return {text_.data() + begin, length}; }
  /// Forgets what was written beyond `size` bytes.
  void cut(size_t size) {
    if (size < this->size()) at_ = text_.data() + size;
  }

  /// Lets `write` append to the string itself.
  template <class Write>
  void append_by(Write write) {
    trim();
    write(text_);
    open();
  }

 private:
  void need(size_t bytes) {
    if (bytes > static_cast<size_t>(end_ - at_)) [[unlikely]]
      make_room(bytes);
  }
  [[gnu::always_inline]] void add(std::string_view bytes) {
    copy_bytes(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  void trim() { text_.resize(size()); }
  /// All the room that the string has.
  void open() {
    const size_t size = text_.size();
    resize(text_.capacity());
    at_ = text_.data() + size;
  }
  /// For at least `more` bytes beyond what is written.
  [[gnu::noinline]] void make_room(size_t more) {
    const size_t size = this->size();
    resize(std::max(size + more, 2 * text_.size()));
    at_ = text_.data() + size;
  }
  void resize(size_t room) {
    text_.resize_and_overwrite(room, [room](char*, size_t) { return room; });
    end_ = text_.data() + room;
  }

  std::string& text_;  ///< as long as there is room; what lies beyond at_ means nothing
  char* at_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace signet
