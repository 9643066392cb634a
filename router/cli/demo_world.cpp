#include "router/cli/demo_world.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>

#include "router/app/files.hpp"
#include "router/demo/shop.hpp"
#include "signing/core/jws.hpp"
#include "signing/core/serial.hpp"

namespace signet::cli {
namespace {

constexpr std::string_view kGraph = "shop";
constexpr std::string_view kEnvironment = "demo";
constexpr std::string_view kReleaseKid = "demo-release";
constexpr std::string_view kApproveKid = "demo-approve";

std::expected<std::string, std::string> make_folder() {
  const char* base = std::getenv("TMPDIR");
  std::string folder = std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/signet-demo-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return std::unexpected(folder + ": " + std::strerror(errno));
  return folder;
}

std::string configuration(const DemoWorld& world, const DemoPorts& ports) {
  return fmt::format(R"(# Written by `signet demo`: the configuration of the router that it runs.
version: 1

listen:
  graphql: 127.0.0.1:{graphql}
  health: 127.0.0.1:{health}   # /health/live, /health/ready, /metrics
  admin: 127.0.0.1:{admin}    # /status, POST /admin/reload

# The graph is a file here; in production it comes from a CDN through the same gate.
graph:
  name: {name}
  environment: {environment}
  source: {{ file: "{graph_file}" }}
  state_dir: "{state}"

# A graph serves only when both of these signed its statement ({graph_file}.jws).
trust:
  keys:
    - {{ kid: {release}, alg: HS256, role: release, secret_file: "{keys}/{release}" }}
    - {{ kid: {approve}, alg: Ed25519, role: approve, public_key_file: "{keys}/{approve}.pub" }}

# The only places that the router may talk to.
subgraphs:
  allow: ["http://127.0.0.1:{subgraphs}", "127.0.0.0/8"]

access_log: {{ output: "off" }}
shutdown: {{ pre_stop: 0s, drain: 5s }}
)",
                     fmt::arg("graphql", ports.graphql), fmt::arg("health", ports.health),
                     fmt::arg("admin", ports.admin), fmt::arg("subgraphs", ports.subgraphs), fmt::arg("name", kGraph),
                     fmt::arg("environment", kEnvironment), fmt::arg("graph_file", world.graph_file()),
                     fmt::arg("state", world.state_folder()), fmt::arg("keys", world.keys_folder()),
                     fmt::arg("release", kReleaseKid), fmt::arg("approve", kApproveKid));
}

}  // namespace

std::expected<DemoWorld, std::string> DemoWorld::make(const DemoPorts& ports) {
  auto folder = make_folder();
  if (!folder) return std::unexpected(folder.error());
  DemoWorld world(std::move(*folder));
  if (auto filled = world.fill(ports); !filled) return std::unexpected(filled.error());
  return world;
}

DemoWorld::~DemoWorld() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::expected<void, std::string> DemoWorld::fill(const DemoPorts& ports) const {
  for (const std::string& folder : {keys_folder(), state_folder()}) {
    std::error_code error;
    std::filesystem::create_directory(folder, error);
    if (error) return std::unexpected(folder + ": " + error.message());
  }
  const std::string secret = signing::generate_hmac_secret();
  auto release_secret = signing::parse_hmac_secret(secret);
  if (!release_secret) return std::unexpected(release_secret.error().message);
  auto approve_key = crypto::Ed25519PrivateKey::generate();
  const std::string graph = demo::supergraph(ports.subgraphs);
  const auto statement = signing::make_statement(
      {.graph = kGraph, .environment = kEnvironment, .artifact_bytes = graph, .previous = {}}, SystemClock().wall());
  if (!statement) return std::unexpected(statement.error().message);

  const std::string release_file = fmt::format("{}/{}", keys_folder(), kReleaseKid);
  const std::string approve_file = fmt::format("{}/{}", keys_folder(), kApproveKid);
  const std::string approve_pem = approve_key.pem();
  const std::string approve_public_pem = approve_key.public_key().pem();
  const signing::SigningKey release{.kid = std::string(kReleaseKid), .material = std::move(*release_secret)};
  const signing::SigningKey approve{.kid = std::string(kApproveKid), .material = std::move(approve_key)};
  signing::Jws jws = signing::make_jws(signing::print_statement(*statement), release);
  if (auto added = signing::add_signature(jws, approve); !added) return added;

  const std::pair<std::string, std::string> files[] = {
      {release_file, secret},
      {approve_file, approve_pem},
      {approve_file + ".pub", approve_public_pem},
      {graph_file(), graph},
      {statement_file(), signing::print_jws(jws)},
      {config_file(), configuration(*this, ports)},
  };
  for (const auto& [file, bytes] : files) {
    if (auto written = app::replace_file(file, bytes); !written) return written;
  }
  return {};
}

}  // namespace signet::cli
