// The shop of the demo: four subgraphs that share users, products and warehouses.
//
// Six users, five products, 24 reviews: the shape of the public gateway benchmark, users to reviews to products and
// back.
#pragma once

#include <string>
#include <vector>

#include "router/demo/subgraph.hpp"

namespace signet::demo {

SubgraphDefinition accounts();   ///< users by id; managers of warehouses, which two fields name
SubgraphDefinition inventory();  ///< stock; shipping costs, computed from what only products knows
SubgraphDefinition products();   ///< the catalogue
SubgraphDefinition reviews();    ///< reviews, with their authors' user names; takes new ones

/// All four.
std::vector<SubgraphDefinition> shop();

/// The supergraph of the four, served at http://127.0.0.1:`port`/NAME.
std::string supergraph(uint16_t port);

/// The first `limit` objects of `table` whose field `name` has the text `wanted`.
List select(const List& table, std::string_view name, std::string_view wanted, size_t limit = SIZE_MAX);
/// The first of them, or null.
Value find(const List& table, std::string_view name, std::string_view wanted);
/// The argument `first`, when it is given and not negative; else everything.
size_t first_of(const Object& arguments);
/// A new object of `type` with these fields.
Value make_object(std::string_view type, std::vector<std::pair<std::string, Value>> fields);

}  // namespace signet::demo
