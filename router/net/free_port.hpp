// A loopback port that nobody listens on at this moment, for demos and tests that must name it beforehand.
#pragma once

#include <cstdint>

namespace signet::net {

/// `preferred` when it is free, else any other; 0 when there is none. Somebody else may take it in between: whoever
/// listens on it must be ready to hear that it is in use.
uint16_t free_loopback_port(uint16_t preferred = 0);

}  // namespace signet::net
