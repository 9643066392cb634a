#include "signing/core/verified.hpp"

struct Holder {
  explicit Holder(const signet::signing::Verified<int>& given) : verified(given) {}
  signet::signing::Verified<int> verified;
};
