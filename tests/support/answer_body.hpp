// The body of an answer as transports hand it over: with its bytes, or lent, and then gone when the call has returned.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "router/base/lent_text.hpp"

namespace signet::testing_support {

class AnswerBody {
 public:
  AnswerBody(std::string body, bool lend) : body_(std::move(body)), lend_(lend) {}
  ~AnswerBody() { std::ranges::fill(body_, '#'); }
  AnswerBody(const AnswerBody&) = delete;
  AnswerBody& operator=(const AnswerBody&) = delete;

  /// Once.
  LentText hand_over() { return lend_ ? LentText::lend(body_) : LentText(std::move(body_)); }

 private:
  std::string body_;
  bool lend_;
};

}  // namespace signet::testing_support
