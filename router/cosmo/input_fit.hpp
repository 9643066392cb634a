// Whether a subgraph takes the arguments that the router's schema offers.
#pragma once

#include <optional>
#include <string>

#include "router/graphql/ast.hpp"

namespace signet::cosmo {

/// A list of arguments, or of the fields of an input object.
struct Inputs {
  const graphql::Document& document;
  graphql::InputValueDefinitionId first;
};

/// Why a value that fits `offered` would be refused by `taken`: an input that is not known there or of another type, or
/// a required one that is not offered. Nothing: it fits.
std::optional<std::string> misfit(const Inputs& offered, const Inputs& taken);

}  // namespace signet::cosmo
