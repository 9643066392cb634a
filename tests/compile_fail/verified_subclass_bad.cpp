// Deriving does not open the door.
#include "signing/core/verified.hpp"

struct Forged : signet::signing::Verified<int> {
  Forged() : signet::signing::Verified<int>(7) {}
};
