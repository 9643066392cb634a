// Reading, copying and passing on what the gate made is free.
#include "signing/core/verified.hpp"

int use(const signet::signing::Verified<int>& verified) {
  const signet::signing::Verified<int> copy = verified;
  return *copy;
}
