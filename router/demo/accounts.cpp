// Subgraph accounts: who there is.
#include "router/demo/embedded_texts.hpp"
#include "router/demo/shop.hpp"

namespace signet::demo {
namespace {

const List& users() {
  static const List table = make_table("User", {"id", "name", "username", "birthday"},
                                       {
                                           {"1", "Ada Lovelace", "ada", 18151210},
                                           {"2", "Grace Hopper", "grace", 19061209},
                                           {"3", "Alan Turing", "alan", 19120623},
                                           {"4", "Katherine Johnson", "katherine", 19180826},
                                           {"5", "Edsger Dijkstra", "edsger", 19300511},
                                           {"6", "Barbara Liskov", "barbara", 19391107},
                                       });
  return table;
}

const List& managers() {
  static const List table = make_table("Warehouse", {"country", "city", "managerId"},
                                       {
                                           {"PT", "Porto", "2"},
                                           {"IT", "Porto", "5"},
                                           {"DE", "Hamburg", "6"},
                                       });
  return table;
}

Value find_warehouse(const Object& representation) {
  return find(select(managers(), "country", representation.text("country")), "city", representation.text("city"));
}

}  // namespace

SubgraphDefinition accounts() {
  return {
      .name = "accounts",
      .sdl = std::string(kAccountsSdl),
      .resolvers =
          {
              {"Query.users", [](const Object&, const Object&) { return users(); }},
              {"Query.user",
               [](const Object&, const Object& arguments) { return find(users(), "id", arguments.text("id")); }},
              {"Query.me", [](const Object&, const Object&) { return find(users(), "id", "1"); }},
              {"Warehouse.manager",
               [](const Object& self, const Object&) { return find(users(), "id", self.text("managerId")); }},
          },
      .entities =
          {
              {"User", [](const Object& representation) { return find(users(), "id", representation.text("id")); }},
              {"Warehouse", find_warehouse},
          },
  };
}

}  // namespace signet::demo
