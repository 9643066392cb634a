// The front end on workload a's operation: text to tokens, to a document, to a valid one.
#include <benchmark/benchmark.h>

#include "router/graphql/lexer.hpp"
#include "tests/bench/micro/allocations.hpp"
#include "tests/bench/micro/heavy.hpp"

namespace signet::bench {
namespace {

void lex(benchmark::State& state) {
  const AllocationCounter allocations(state);
  for (auto unused : state) {
    Arena cooked;
    graphql::Lexer lexer(heavy_operation(), cooked);
    graphql::TokenKind kind{};
    do {
      kind = lexer.next().kind;
      benchmark::DoNotOptimize(kind);
    } while (kind != graphql::TokenKind::end && kind != graphql::TokenKind::invalid);
  }
}

void parse(benchmark::State& state) {
  const AllocationCounter allocations(state);
  for (auto unused : state) benchmark::DoNotOptimize(graphql::parse_executable(heavy_operation()));
}

void validate(benchmark::State& state) {
  const auto document = graphql::parse_executable(heavy_operation());
  const AllocationCounter allocations(state);
  for (auto unused : state) benchmark::DoNotOptimize(operation::validate(*document, heavy_graph().schema));
}

BENCHMARK(lex)->Unit(benchmark::kMicrosecond);
BENCHMARK(parse)->Unit(benchmark::kMicrosecond);
BENCHMARK(validate)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace signet::bench
