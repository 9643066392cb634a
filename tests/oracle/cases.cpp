#include "tests/oracle/cases.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>

namespace signet::oracle {

namespace {

constexpr int kAttemptsMax = 20;   // to get an operation whose selections do not clash
constexpr size_t kReportsMax = 6;  // shrinking takes a while; more failures than this have one cause

std::string write_report(const std::string& name, const Case& given) {
  const char* chosen = std::getenv("SIGNET_ORACLE_OUT");
  const std::filesystem::path folder = chosen != nullptr ? chosen : SIGNET_ORACLE_DEFAULT_OUT;
  std::filesystem::create_directories(folder);
  const std::filesystem::path path = folder / (name + ".txt");
  std::ofstream(path) << fmt::format("seed {}\n\n", name) << report(given);
  return path.string();
}

}  // namespace

void Tally::add(const Tally& other) {
  worlds += other.worlds;
  refused_worlds += other.refused_worlds;
  operations += other.operations;
  unsupported += other.unsupported;
  discarded += other.discarded;
  requests += other.requests;
  entity_requests += other.entity_requests;
  refusals.insert(refusals.end(), other.refusals.begin(), other.refusals.end());
  failures.insert(failures.end(), other.failures.begin(), other.failures.end());
}

Tally run_world(uint64_t seed, int64_t only) {
  static size_t reports = 0;
  Tally tally;
  World world = make_world(seed);
  Split split = make_split(world, seed);
  forget_entities(world, split, seed);
  Stage stage(std::move(world), std::move(split));
  ++tally.worlds;
  if (!stage.refusal().empty()) {
    ++tally.refused_worlds;
    const std::string path = write_report(fmt::format("{}-refused", seed), {stage.world(), stage.split(), {}, 0});
    tally.refusals.push_back(fmt::format("seed {}: {}; see {}", seed, stage.refusal(), path));
    return tally;
  }
  for (uint64_t number = 0; number < kOperationsPerWorld; ++number) {
    if (only >= 0 && number != static_cast<uint64_t>(only)) continue;
    const uint64_t order = seed * 1'000 + number;
    Random random(order);
    Operation operation = make_operation(stage.world(), random);
    for (int attempt = 0; attempt < kAttemptsMax && !stage.valid(operation); ++attempt) {
      ++tally.discarded;
      operation = make_operation(stage.world(), random);
    }
    const Stage::Outcome outcome = stage.run(operation, order);
    ++tally.operations;
    tally.requests += outcome.requests.size();
    tally.entity_requests += static_cast<uint64_t>(std::ranges::count_if(
        outcome.requests, [](const std::string& body) { return body.find("{_entities(") != std::string::npos; }));
    if (outcome.verdict == Stage::Verdict::unsupported) ++tally.unsupported;
    if (outcome.verdict != Stage::Verdict::wrong) continue;
    std::string line = fmt::format("seed {} {}: {}", seed, number, outcome.problem);
    if (reports++ < kReportsMax) {
      const Case small = shrink({stage.world(), stage.split(), operation, order}, outcome.problem);
      line += fmt::format("; see {}", write_report(fmt::format("{}-{}", seed, number), small));
    }
    tally.failures.push_back(std::move(line));
  }
  return tally;
}

std::string report(const Case& given) {
  Stage stage(given.world, given.split);
  std::string text;
  if (stage.refusal().empty()) {
    const Stage::Outcome outcome = stage.run(given.operation, given.order);
    text += fmt::format("# Problem\n{}\n\n# Expected\n{}\n\n# Got\n{}\n\n# Requests\n{}\n\n", outcome.problem,
                        outcome.expected, outcome.got, fmt::join(outcome.requests, "\n"));
  }
  text += fmt::format("# Operation\n{}\n\n# Variables\n{}\n\n# Supergraph\n{}\n", print_operation(given.operation),
                      print_variables(given.operation), stage.supergraph_sdl());
  for (size_t i = 0; i < given.split.services.size(); ++i) {
    text += fmt::format("\n# Subgraph {}\n{}", Split::name(i), print_subgraph(given.world, given.split, i));
  }
  return text;
}

}  // namespace signet::oracle
