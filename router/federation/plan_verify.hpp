// What must hold for every plan, checked: always in checked builds, and by tests and fuzzers.
#pragma once

#include <string>

#include "router/federation/plan.hpp"

namespace signet::federation {

/// Empty when `plan` is sound: fetches are ordered, every input comes from a fetch that is waited for, every leaf of
/// the answer has exactly one slot, which its fetch asks for. Otherwise the first thing that is wrong.
std::string verify_plan(const Supergraph& supergraph, const Plan& plan);

}  // namespace signet::federation
