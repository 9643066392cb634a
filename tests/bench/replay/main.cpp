// replay_upstream PORT [SUBGRAPHS_PORT]: subgraphs that cost next to nothing. What it has not seen yet it asks of the
// real ones at SUBGRAPHS_PORT, once; from then on it answers from memory. Says at the end what it was asked.
#include <charconv>
#include <cstdio>
#include <string_view>

#include "tests/bench/replay/server.hpp"

namespace {

uint16_t parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && at == text.data() + text.size() ? port : 0;
}

}  // namespace

int main(int count, char** arguments) {
  const uint16_t port = count > 1 ? parse_port(arguments[1]) : 0;
  const uint16_t subgraphs = count > 2 ? parse_port(arguments[2]) : 0;
  if (count < 2 || count > 3 || port == 0 || (count == 3 && subgraphs == 0)) {
    std::fputs("usage: replay_upstream PORT [SUBGRAPHS_PORT]\n", stderr);
    return 2;
  }
  signet::bench::Recording recording(subgraphs);
  signet::bench::Server server(recording);
  if (!server.listen(port)) {
    std::fprintf(stderr, "replay_upstream: port %u cannot be had\n", static_cast<unsigned>(port));
    return 3;
  }
  server.run();
  std::fprintf(stderr, "replay_upstream: %s\n", signet::bench::print(recording.counts()).c_str());
  return recording.counts().unknown == 0 ? 0 : 1;
}
