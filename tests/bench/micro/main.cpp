// The benchmarks run with the allocator's settings of the router.
#include <benchmark/benchmark.h>

#include "router/base/allocator.hpp"

int main(int argc, char** argv) {
  signet::tune_allocator();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
