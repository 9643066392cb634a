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
  explicit TextBuffer(std::string& text) : text_(text), size_(text.size()) { make_room(0); }
  ~TextBuffer() { trim(); }
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;

  size_t size() const { return size_; }

  void put(char c) {
    if (size_ == text_.size()) make_room(1);
    text_[size_++] = c;
  }
  void put(std::string_view bytes) {
    if (bytes.size() > text_.size() - size_) make_room(bytes.size());
    copy_bytes(text_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void put(char c, std::string_view bytes) {
    if (bytes.size() >= text_.size() - size_) make_room(bytes.size() + 1);
    text_[size_] = c;
    copy_bytes(text_.data() + size_ + 1, bytes.data(), bytes.size());
    size_ += bytes.size() + 1;
  }
  /// Once more what was written from `begin` on, `length` bytes.
  void repeat(size_t begin, size_t length) {
    if (length > text_.size() - size_) make_room(length);
    copy_bytes(text_.data() + size_, text_.data() + begin, length);
    size_ += length;
  }
  /// Forgets what was written beyond `size` bytes.
  void cut(size_t size) { size_ = std::min(size_, size); }

  /// Lets `write` append to the string itself.
  template <class Write>
  void append_by(Write write) {
    trim();
    write(text_);
    size_ = text_.size();
    make_room(0);
  }

 private:
  void trim() { text_.resize(size_); }
  /// For at least `more` bytes beyond what is written: all that the string has, or twice as much.
  void make_room(size_t more) {
    const size_t needed = size_ + more;
    const size_t room = needed <= text_.capacity() ? text_.capacity() : std::max(needed, 2 * text_.capacity());
    text_.resize_and_overwrite(room, [room](char*, size_t) { return room; });
  }

  std::string& text_;  ///< as long as there is room; what lies beyond size_ means nothing
  size_t size_;
};

}  // namespace signet
