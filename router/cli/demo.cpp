// signet demo: subgraphs, a signed and approved graph, and a router in one process, on loopback, offline.
//
// The router is the one that `signet serve` runs, from a YAML file and through the same gate. It holds the main thread;
// a guide on a second thread asks it as any client would. With --check the guide also tampers with the graph.
#include <atomic>
#include <csignal>
#include <fmt/format.h>
#include <thread>

#include "router/app/files.hpp"
#include "router/app/router_process.hpp"
#include "router/app/version.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/cli/demo_world.hpp"
#include "router/cli/one_request.hpp"
#include "router/demo/shop.hpp"
#include "router/demo/subgraph_server.hpp"
#include "router/json/document.hpp"
#include "router/net/free_port.hpp"

namespace signet::cli {
namespace {

using namespace std::chrono_literals;

constexpr uint16_t kHealthPort = 8088;
constexpr uint16_t kAdminPort = 8089;
constexpr uint64_t kGraphBytesMax = 1u << 20;
constexpr auto kPatience = 30s;
constexpr auto kStep = 100ms;
constexpr std::string_view kRefusalReason = "digest_mismatch";

// All four subgraphs: reviews knows the user names (@provides), inventory needs price and weight from products
// (@requires), accounts knows the managers of warehouses by country and city.
constexpr std::string_view kQuery =
    "{ me { name reviews(first: 2) { body author { username } "
    "product { name inStock shippingEstimate warehouses { city manager { name } } } } } }";
constexpr std::string_view kAnswer =
    R"({"data":{"me":{"name":"Ada Lovelace","reviews":[)"
    R"({"body":"Love it! Seats the whole Analytical Engine.","author":{"username":"ada"},"product":{"name":"Table",)"
    R"("inStock":true,"shippingEstimate":10500,"warehouses":[{"city":"Porto","manager":{"name":"Grace Hopper"}},)"
    R"({"city":"Hamburg","manager":{"name":"Barbara Liskov"}}]}},)"
    R"({"body":"Too expensive.","author":{"username":"ada"},"product":{"name":"Couch","inStock":false,)"
    R"("shippingEstimate":0,"warehouses":[]}}]}}})";

template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  fmt::print(format, std::forward<Args>(args)...);
  std::fflush(stdout);
}

class Guide {
 public:
  Guide(const DemoWorld& world, const DemoPorts& ports, const demo::SubgraphServer& subgraphs)
      : world_(world), ports_(ports), subgraphs_(subgraphs) {}

  /// The router has returned: there is nothing to wait for any more.
  void router_stopped() { stopped_ = true; }
  /// To the process: the router drains and returns. Not when it has returned already: nobody would catch the signal.
  void stop_router() const {
    if (!stopped_) std::raise(SIGTERM);
  }

  void show() const {
    if (!wait_until_ready()) return;
    const auto answer = ask();
    say("\nsignet demo {}\n\n", app::kVersion);
    say("  subgraphs  {}\n", fmt::join(subgraphs_.urls(), "\n             "));
    say("  router     {}\n", graphql_url());
    say("  health     {0}/health/ready  {0}/metrics\n", health_url());
    say("  admin      {}/status\n\n", admin_url());
    say("Ask it:\n  curl -s {} -H 'content-type: application/json' -d '{}'\n", graphql_url(), request_body());
    say("It answers:\n  {}\n\n", answer ? *answer : answer.error());
    say("The files, which are removed when the demo stops:\n");
    say("  {}         the router's configuration, to read\n", world_.config_file());
    say("  {}       the supergraph\n", world_.graph_file());
    say("  {}   its statement, signed (release) and approved\n", world_.statement_file());
    say("  {}/               the keys, made for this run\n", world_.keys_folder());
    say("  {}/audit-*.log   each decision of the gate, chained\n\n", world_.state_folder());
    say("Tamper with the graph, here its first byte:\n  printf X | dd of={} bs=1 conv=notrunc status=none\n",
        world_.graph_file());
    say("In a few seconds the log says \"artifact_refused\" with \"reason\":\"{}\", {}/metrics counts it,\n",
        kRefusalReason, health_url());
    say("and the router serves on with the graph that it verified. Undo it:\n");
    say("  printf s | dd of={} bs=1 conv=notrunc status=none\n\nCtrl-C stops the demo.\n\n", world_.graph_file());
  }

  /// Nothing: all is well. Otherwise what is not.
  std::expected<void, std::string> check() const {
    if (!wait_until_ready()) return std::unexpected("the router did not become ready");
    SIGNET_TRY_VOID(check_answer("with the signed graph"));
    const auto graph = app::read_file(world_.graph_file(), kGraphBytesMax);
    if (!graph) return std::unexpected(graph.error());
    std::string tampered = *graph;
    tampered[0] = static_cast<char>(tampered[0] ^ 1);
    SIGNET_TRY_VOID(app::replace_file(world_.graph_file(), tampered));
    SIGNET_TRY_VOID(check_refusal());
    SIGNET_TRY_VOID(check_answer("with a tampered graph file"));
    SIGNET_TRY_VOID(app::replace_file(world_.graph_file(), *graph));
    SIGNET_TRY_VOID(check_answer("with the graph file restored"));
    if (!is_ready()) return std::unexpected("the router is not ready at the end");
    return {};
  }

 private:
  std::string graphql_url() const { return fmt::format("http://127.0.0.1:{}/graphql", ports_.graphql); }
  std::string health_url() const { return fmt::format("http://127.0.0.1:{}", ports_.health); }
  std::string admin_url() const { return fmt::format("http://127.0.0.1:{}", ports_.admin); }
  static std::string request_body() { return fmt::format(R"({{"query":"{}"}})", kQuery); }

  bool is_ready() const {
    const auto answer = one_request(health_url() + "/health/ready");
    return answer && answer->status == 200;
  }

  bool wait_until(const std::function<bool()>& condition) const {
    const auto limit = SystemClock().steady() + kPatience;
    while (!stopped_ && SystemClock().steady() < limit) {
      if (condition()) return true;
      std::this_thread::sleep_for(kStep);
    }
    return false;
  }
  bool wait_until_ready() const {
    return wait_until([this] { return is_ready(); });
  }

  std::expected<std::string, std::string> ask() const {
    auto answer = one_request(graphql_url(), request_body());
    if (!answer) return std::unexpected(answer.error());
    return std::move(answer->body);
  }

  std::expected<void, std::string> check_answer(std::string_view when) const {
    const auto answer = ask();
    if (!answer) return std::unexpected(fmt::format("{}: {}", when, answer.error()));
    if (*answer != kAnswer)
      return std::unexpected(fmt::format("{}: expected {}\n  but got {}", when, kAnswer, *answer));
    say("ok: the federated query answers {}\n", when);
    return {};
  }

  // The refusal is counted on /metrics and told on /status.
  std::expected<void, std::string> check_refusal() const {
    const std::string counter =
        fmt::format("signet_config_refused_total{{signet_refusal_reason=\"{}\"}} ", kRefusalReason);
    const bool counted = wait_until([&] {
      const auto page = one_request(health_url() + "/metrics");
      return page && page->body.contains(counter) && !page->body.contains(counter + "0\n");
    });
    if (!counted) return std::unexpected(fmt::format("/metrics does not count a refusal for {}", kRefusalReason));
    const auto status = one_request(admin_url() + "/status");
    if (!status) return std::unexpected(status.error());
    const auto page = json::Document::parse(status->body);
    if (!page) return std::unexpected("/status is not JSON: " + page.error().message);
    const auto refusal = page->find(page->find(page->root(), "last_refusal"), "graph");
    const auto reason = refusal.valid() ? page->find(refusal, "reason") : json::NodeId();
    if (!reason.valid() || !page->string_equals(reason, kRefusalReason)) {
      return std::unexpected("/status does not tell the refusal: " + status->body);
    }
    say("ok: the tampered graph is refused: {}\n", kRefusalReason);
    return {};
  }

  const DemoWorld& world_;
  DemoPorts ports_;
  const demo::SubgraphServer& subgraphs_;
  std::atomic<bool> stopped_ = false;
};

int serve_subgraphs(uint16_t port) {
  demo::SubgraphServer subgraphs(demo::shop());
  if (auto started = subgraphs.start(port); !started) {
    complain(started.error() + "; choose another with --port");
    return kEnvironment;
  }
  for (const std::string& url : subgraphs.urls()) say("{}\n", url);
  net::EventLoop loop;
  loop.on_signals({SIGTERM, SIGINT}, [&](int) { loop.stop(); });
  loop.run();
  return kOk;
}

std::optional<DemoPorts> choose_ports(const DemoOptions& options, uint16_t subgraphs) {
  DemoPorts ports{.subgraphs = subgraphs, .graphql = net::free_loopback_port(options.check ? 0 : options.port)};
  if (!options.check && options.port != 0 && ports.graphql != options.port) {
    complain(fmt::format("port {} is in use; choose another with --port", options.port));
    return std::nullopt;
  }
  do {
    ports.health = net::free_loopback_port(options.check ? 0 : kHealthPort);
  } while (ports.health != 0 && ports.health == ports.graphql);
  do {
    ports.admin = net::free_loopback_port(options.check ? 0 : kAdminPort);
  } while (ports.admin != 0 && (ports.admin == ports.graphql || ports.admin == ports.health));
  return ports;
}

}  // namespace

int demo(const DemoOptions& options) {
  if (options.subgraphs_only) return serve_subgraphs(options.port);
  demo::SubgraphServer subgraphs(demo::shop());
  if (auto started = subgraphs.start(0); !started) {
    complain(started.error());
    return kEnvironment;
  }
  const auto ports = choose_ports(options, subgraphs.port());
  if (!ports) return kEnvironment;
  const auto world = DemoWorld::make(*ports);
  if (!world) {
    complain(world.error());
    return kEnvironment;
  }
  auto config = load_config({.files = {world->config_file()}});
  if (!config.loaded) return config.exit_code;

  Guide guide(*world, *ports, subgraphs);
  std::expected<void, std::string> checked = std::unexpected("the router stopped before the end");
  std::thread guide_thread([&] {
    if (!options.check) return guide.show();
    checked = guide.check();
    guide.stop_router();
  });
  const int exit_code = app::run_router({.loaded = std::move(*config.loaded), .development = std::nullopt});
  guide.router_stopped();
  guide_thread.join();
  if (!options.check) return exit_code;
  if (exit_code != kOk) checked = std::unexpected(fmt::format("the router exited with {}", exit_code));
  if (!checked) {
    complain("demo check failed: " + checked.error());
    return kWrong;
  }
  say("demo check passed\n");
  return kOk;
}

}  // namespace signet::cli
