// Subgraph reviews: who thinks what of which product. The only subgraph that changes: it takes new reviews.
#include <fmt/format.h>

#include "router/demo/embedded_texts.hpp"
#include "router/demo/shop.hpp"

namespace signet::demo {
namespace {

constexpr size_t kReviewsMax = 200;
constexpr size_t kBodyBytesMax = 2000;

List first_reviews() {
  return make_table("Review", {"id", "upc", "authorId", "stars", "body"},
                    {
                        {"1", "1", "1", 5, "Love it! Seats the whole Analytical Engine."},
                        {"2", "1", "2", 4, "Sturdy. Survived a moth in the relay."},
                        {"3", "1", "3", 3, "It halts, as far as I can tell."},
                        {"4", "1", "4", 5, "All four legs check out, I computed them twice."},
                        {"5", "1", "6", 4, "Any subtype of it would do as well."},
                        {"6", "2", "1", 2, "Too expensive."},
                        {"7", "2", "2", 4, "Compiles into a bed."},
                        {"8", "2", "4", 5, "Soft landing."},
                        {"9", "2", "5", 1, "Considered harmful to the back."},
                        {"10", "3", "1", 4, "Could be better, but it holds a countess."},
                        {"11", "3", "3", 5, "Ran a mile to fetch it. Worth it."},
                        {"12", "3", "5", 5, "Simple. Simplicity is prerequisite for sitting."},
                        {"13", "3", "6", 3, "Honest interface, plain implementation."},
                        {"14", "3", "2", 4, "A nanosecond lighter than the old one."},
                        {"15", "4", "3", 5, "Reads as long as there is tape."},
                        {"16", "4", "4", 4, "Bright enough for night launches."},
                        {"17", "4", "5", 4, "One switch, two states, no surprises."},
                        {"18", "4", "6", 5, "Replaced the old lamp without anyone noticing."},
                        {"19", "4", "1", 5, "Weaves patterns of light just as the loom weaves leaves."},
                        {"20", "5", "2", 3, "Prefer something with a longer wire."},
                        {"21", "5", "3", 4, "Breaks the dark in good time."},
                        {"22", "5", "4", 5, "Took it around the Moon and back."},
                        {"23", "5", "5", 4, "Finds the shortest path to the shed."},
                        {"24", "5", "6", 5, "Does what it says."},
                    });
}

// The authors' names, which reviews keeps beside the reviews so that a list of them needs no second fetch (@provides).
Value user(std::string_view id) {
  static const List table =
      make_table("User", {"id", "username"},
                 {{"1", "ada"}, {"2", "grace"}, {"3", "alan"}, {"4", "katherine"}, {"5", "edsger"}, {"6", "barbara"}});
  return find(table, "id", id);
}

Value product(std::string_view upc) {
  static const List table = make_table("Product", {"upc"}, {{"1"}, {"2"}, {"3"}, {"4"}, {"5"}});
  return find(table, "upc", upc);
}

Resolved add_review(List& all, const Object& input) {
  const std::string_view body = input.text("body");
  const int64_t stars = input.integer("stars");
  if (product(input.text("upc")).is_null()) return std::unexpected("there is no product of that upc");
  if (user(input.text("authorId")).is_null()) return std::unexpected("there is no user of that id");
  if (stars < 1 || stars > 5) return std::unexpected("stars go from 1 to 5");
  if (body.size() > kBodyBytesMax) return std::unexpected(fmt::format("a body has at most {} bytes", kBodyBytesMax));
  if (all.size() >= kReviewsMax) return std::unexpected("the demo keeps no more reviews; start it again");
  all.push_back(make_object("Review", {{"id", std::to_string(all.size() + 1)},
                                       {"upc", std::string(input.text("upc"))},
                                       {"authorId", std::string(input.text("authorId"))},
                                       {"stars", stars},
                                       {"body", std::string(body)}}));
  return all.back();
}

}  // namespace

SubgraphDefinition reviews() {
  const auto all = std::make_shared<List>(first_reviews());
  return {
      .name = "reviews",
      .sdl = std::string(kReviewsSdl),
      .resolvers =
          {
              {"Query.review",
               [all](const Object&, const Object& arguments) { return find(*all, "id", arguments.text("id")); }},
              {"Mutation.addReview",
               [all](const Object&, const Object& arguments) {
                 return add_review(*all, *arguments.find("input")->object());
               }},
              {"Review.author", [](const Object& self, const Object&) { return user(self.text("authorId")); }},
              {"Review.product", [](const Object& self, const Object&) { return product(self.text("upc")); }},
              {"User.reviews",
               [all](const Object& self, const Object& arguments) {
                 return select(*all, "authorId", self.text("id"), first_of(arguments));
               }},
              {"Product.reviews",
               [all](const Object& self, const Object& arguments) {
                 return select(*all, "upc", self.text("upc"), first_of(arguments));
               }},
          },
      .entities =
          {
              {"Review", [all](const Object& representation) { return find(*all, "id", representation.text("id")); }},
              {"User", [](const Object& representation) { return user(representation.text("id")); }},
              {"Product", [](const Object& representation) { return product(representation.text("upc")); }},
          },
  };
}

}  // namespace signet::demo
