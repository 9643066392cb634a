#include "router/cosmo/input_fit.hpp"

#include <fmt/format.h>
#include <unordered_map>

#include "router/graphql/printer.hpp"

namespace signet::cosmo {
namespace {

using graphql::Document;
using graphql::InputValueDefinition;
using graphql::TypeRef;
using graphql::TypeRefId;
using graphql::TypeRefKind;

/// True when each value of `offered` is one of `taken`: as it is, or stricter about null.
bool fits(const Document& offering, TypeRefId offered, const Document& taking, TypeRefId taken) {
  while (true) {
    const TypeRef *give = &offering[offered], *take = &taking[taken];
    if (give->kind == TypeRefKind::non_null) {
      give = &offering[give->inner];
      if (take->kind == TypeRefKind::non_null) take = &taking[take->inner];
    }
    if (give->kind != take->kind) return false;
    if (give->kind == TypeRefKind::named) return give->name == take->name;
    offered = give->inner;
    taken = take->inner;
  }
}

}  // namespace

std::optional<std::string> misfit(const Inputs& offered, const Inputs& taken) {
  std::unordered_map<std::string_view, const InputValueDefinition*> open;
  for (const auto& [id, input] : offered.document.each(offered.first)) open.emplace(input.name, &input);
  for (const auto& [id, input] : taken.document.each(taken.first)) {
    const auto found = open.find(input.name);
    if (found == open.end()) {
      const bool required = taken.document[input.type].kind == TypeRefKind::non_null && !input.default_value.valid();
      if (required) return fmt::format("it requires \"{}\", which the graph does not offer", input.name);
      continue;
    }
    const TypeRefId give = found->second->type;
    if (!fits(offered.document, give, taken.document, input.type)) {
      return fmt::format("\"{}\" is of type {} in the graph and {} there", input.name,
                         graphql::print_type(offered.document, give), graphql::print_type(taken.document, input.type));
    }
    open.erase(found);
  }
  if (open.empty()) return std::nullopt;
  return fmt::format("it does not know \"{}\"", open.begin()->first);
}

}  // namespace signet::cosmo
