// Variables: from the client's JSON to what subgraphs get.
#include <benchmark/benchmark.h>

#include "tests/bench/micro/allocations.hpp"
#include "tests/bench/micro/heavy.hpp"

namespace signet::bench {
namespace {

constexpr std::string_view kOperation =
    "mutation Add($input: AddReview!, $products: Int!, $id: ID!) { addReview(input: $input) { id author { "
    "reviews(first: $products) { id } } } }";
constexpr std::string_view kVariables =
    R"({"input":{"upc":"1","authorId":"2","body":"Seats the whole \"Analytical\" Engine.","stars":4},)"
    R"("products":100,"id":"3"})";

void coerce(benchmark::State& state) {
  const auto document = graphql::parse_executable(kOperation);
  const auto operation = operation::select_operation(*document, {});
  const AllocationCounter allocations(state);
  for (auto unused : state) {
    const auto variables = operation::coerce_variables(*document, heavy_graph().schema, *operation, kVariables);
    if (!variables) return state.SkipWithError(variables.error().front().message.c_str());
    benchmark::DoNotOptimize(variables->values.data());
  }
}

BENCHMARK(coerce)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace signet::bench
