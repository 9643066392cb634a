// An answer as a transport lends it: gone when the call to which it was lent has returned.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "router/base/lent_text.hpp"

namespace signet::testing_support {

class LentAnswer {
 public:
  explicit LentAnswer(std::string body) : body_(std::move(body)) {}
  ~LentAnswer() { std::ranges::fill(body_, '#'); }
  LentAnswer(const LentAnswer&) = delete;
  LentAnswer& operator=(const LentAnswer&) = delete;

  LentText text() const { return LentText::lend(body_); }

 private:
  std::string body_;
};

}  // namespace signet::testing_support
