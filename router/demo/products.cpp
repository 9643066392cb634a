// Subgraph products: the catalogue.
#include <algorithm>

#include "router/demo/embedded_texts.hpp"
#include "router/demo/shop.hpp"

namespace signet::demo {
namespace {

const List& catalogue() {
  static const List table = make_table("Product", {"upc", "name", "price", "weight", "category"},
                                       {
                                           {"1", "Table", 89900, 21000, "FURNITURE"},
                                           {"2", "Couch", 129900, 48000, "FURNITURE"},
                                           {"3", "Chair", 5400, 6500, "FURNITURE"},
                                           {"4", "Reading lamp", 3900, 1200, "LIGHT"},
                                           {"5", "Lantern", 2450, 800, "LIGHT"},
                                       });
  return table;
}

List in_category(std::string_view category) {
  List found = select(catalogue(), "category", category);
  std::ranges::sort(found, [](const Value& a, const Value& b) {
    return a.object()->integer("price") > b.object()->integer("price");
  });
  return found;
}

}  // namespace

SubgraphDefinition products() {
  return {
      .name = "products",
      .sdl = std::string(kProductsSdl),
      .resolvers =
          {
              {"Query.topProducts",
               [](const Object&, const Object& arguments) {
                 const size_t count = std::min(first_of(arguments), catalogue().size());
                 return List(catalogue().begin(), catalogue().begin() + static_cast<ptrdiff_t>(count));
               }},
              {"Query.product",
               [](const Object&, const Object& arguments) { return find(catalogue(), "upc", arguments.text("upc")); }},
              {"Query.productsIn",
               [](const Object&, const Object& arguments) { return in_category(arguments.text("category")); }},
          },
      .entities =
          {
              {"Product",
               [](const Object& representation) { return find(catalogue(), "upc", representation.text("upc")); }},
          },
  };
}

}  // namespace signet::demo
