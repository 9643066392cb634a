// LentText: text that comes with its bytes, or is lent by who has them.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace signet {

/// A NUL follows it in any case, as it follows strings.
/// Lifetime: lent, it is there for as long as who hands it over says, most often for the time of a call.
class LentText {
 public:
  LentText() = default;
  LentText(std::string own) : own_(std::move(own)) {}  // NOLINT(google-explicit-constructor): text like any other
  static LentText lend(std::string_view bytes) {
    LentText text;
    text.lent_ = bytes;
    text.is_lent_ = true;
    return text;
  }

  std::string_view view() const { return is_lent_ ? lent_ : std::string_view(own_); }
  bool is_lent() const { return is_lent_; }
  /// With bytes of its own: moved, or copied when they are lent.
  std::string take() && { return is_lent_ ? std::string(lent_) : std::move(own_); }

 private:
  std::string own_;
  std::string_view lent_;
  bool is_lent_ = false;
};

}  // namespace signet
