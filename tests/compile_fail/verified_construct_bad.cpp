// Nobody but the gate makes a Verified<T> out of a value.
#include "signing/core/verified.hpp"

int main() {
  const signet::signing::Verified<int> forged(7);
  return *forged;
}
