// Subgraph inventory: what is where, and what it costs to send.
#include "router/demo/embedded_texts.hpp"
#include "router/demo/shop.hpp"

namespace signet::demo {
namespace {

const List& stock() {
  static const List table = make_table("Product", {"upc", "inStock"},
                                       {
                                           {"1", true},
                                           {"2", false},
                                           {"3", false},
                                           {"4", true},
                                           {"5", true},
                                       });
  return table;
}

const List& warehouses() {
  static const List table = make_table("Warehouse", {"country", "city", "area"},
                                       {
                                           {"PT", "Porto", 5200},
                                           {"IT", "Porto", 1800},
                                           {"DE", "Hamburg", 11400},
                                       });
  return table;
}

// Which product lies in which warehouse.
constexpr std::pair<std::string_view, size_t> kShelves[] = {{"1", 0}, {"1", 2}, {"3", 1}, {"4", 0}, {"4", 1}, {"5", 2}};

List warehouses_of(std::string_view upc) {
  List found;
  for (const auto& [product, warehouse] : kShelves) {
    if (product == upc) found.push_back(warehouses()[warehouse]);
  }
  return found;
}

// Price and weight are known to products only; the router brings them along when they are needed (@requires).
Value find_product(const Object& representation) {
  Value known = find(stock(), "upc", representation.text("upc"));
  if (known.is_null()) return known;
  auto fields = known.object()->fields;
  for (const std::string_view name : {"price", "weight"}) {
    if (const Value* value = representation.find(name)) fields.emplace_back(name, *value);
  }
  return make_object("Product", std::move(fields));
}

Resolved shipping_estimate(const Object& product, const Object&) {
  constexpr int64_t kFreeFromCents = 100'000;
  if (product.find("price") == nullptr || product.find("weight") == nullptr) {
    return std::unexpected("price and weight are needed in the representation");
  }
  return product.integer("price") >= kFreeFromCents ? Value(0) : Value(product.integer("weight") / 2);
}

Value find_warehouse(const Object& representation) {
  return find(select(warehouses(), "country", representation.text("country")), "city", representation.text("city"));
}

}  // namespace

SubgraphDefinition inventory() {
  return {
      .name = "inventory",
      .sdl = std::string(kInventorySdl),
      .resolvers =
          {
              {"Query.warehouses", [](const Object&, const Object&) { return warehouses(); }},
              {"Product.shippingEstimate", shipping_estimate},
              {"Product.warehouses", [](const Object& self, const Object&) { return warehouses_of(self.text("upc")); }},
          },
      .entities = {{"Product", find_product}, {"Warehouse", find_warehouse}},
  };
}

}  // namespace signet::demo
