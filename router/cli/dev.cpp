// signet dev: a supergraph on loopback, signed and approved with throw-away keys, through the same gate as any other.
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "router/app/router_process.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/http/egress.hpp"
#include "router/http/url.hpp"
#include "signing/core/jws.hpp"
#include "signing/core/serial.hpp"
#include "signing/core/subgraph_urls.hpp"

namespace signet::cli {
namespace {

constexpr std::string_view kName = "development";

// Signs and approves `artifact` with keys that live in this process only.
Result<app::DevelopmentGraph> sign_in_memory(std::string artifact) {
  const auto now = SystemClock().wall();
  auto statement =
      signing::make_statement({.graph = kName, .environment = kName, .artifact_bytes = artifact, .previous = {}}, now);
  if (!statement) return std::unexpected(statement.error());
  auto secret = signing::parse_hmac_secret(signing::generate_hmac_secret());
  if (!secret) return std::unexpected(secret.error());
  const signing::SigningKey release{.kid = "development-release", .material = std::move(*secret)};
  const signing::SigningKey approve{.kid = "development-approve", .material = crypto::Ed25519PrivateKey::generate()};
  signing::Jws jws = signing::make_jws(signing::print_statement(*statement), release);
  if (auto added = signing::add_signature(jws, approve); !added) return fail(ErrorCode::CRYPTO_ERROR, added.error());
  app::DevelopmentGraph graph{.statement = signing::print_jws(jws), .artifact = std::move(artifact), .trust = {}};
  graph.trust.graph = kName;
  graph.trust.environment = kName;
  graph.trust.keys.push_back(release.verification_key(signing::Role::release));
  graph.trust.keys.push_back(approve.verification_key(signing::Role::approve));
  return graph;
}

// "127.0.0.1:4000" or "[::1]:4000": loopback only.
std::optional<config::Endpoint> parse_loopback(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string host = text.substr(0, colon);
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || at != end) return std::nullopt;
  if (host == "localhost") host = "127.0.0.1";
  if (host == "[::1]") host = "::1";
  if (host != "127.0.0.1" && host != "::1") return std::nullopt;
  return config::Endpoint{host, port, {}};
}

bool on_loopback(const config::Endpoint& endpoint) {
  return endpoint.host.empty() || endpoint.host == "127.0.0.1" || endpoint.host == "::1" ||
         endpoint.host == "localhost";
}

// Whether a file says what `path` is.
bool said(const std::vector<config::Origin>& origins, std::string_view path) {
  return std::ranges::any_of(origins,
                             [&](const config::Origin& origin) { return origin.path == path && !origin.file.empty(); });
}

// Loopback subgraphs need no listing: each loopback URL of the graph is allowed as it stands.
void allow_loopback_subgraphs(config::Config& config, std::string_view supergraph) {
  config.subgraphs.allow.emplace_back("127.0.0.0/8");
  config.subgraphs.allow.emplace_back("::1/128");
  const auto subgraphs = signing::subgraph_urls(supergraph);
  if (!subgraphs) return;  // the gate says what is wrong with it
  for (const signing::Subgraph& subgraph : *subgraphs) {
    for (const std::string& text : {subgraph.url, subgraph.subscription_url}) {
      const auto url = http::parse_url(text);
      if (!url) continue;
      const auto address = http::IpAddress::parse(url->host);
      const bool loopback =
          url->host == "localhost" || url->host == "::1" || (address && !address->v6 && address->bytes[0] == 127);
      if (loopback) config.subgraphs.allow.push_back(url->origin());
    }
  }
}

}  // namespace

int dev(const DevOptions& options) {
  const auto listen = parse_loopback(options.listen);
  if (!listen) {
    complain(fmt::format("--listen {}: development listens on loopback only; write 127.0.0.1:PORT", options.listen));
    return kUsage;
  }
  auto supergraph = read_input(options.supergraph_file);
  if (!supergraph) return kEnvironment;
  auto loaded = load_config({.files = options.config_files}, {.development = true});
  if (!loaded.loaded) return loaded.exit_code;
  config::Config config = std::move(loaded.loaded->config);
  config.listen.graphql = *listen;
  for (const auto& [path, endpoint] :
       {std::pair("listen.health", &config.listen.health), std::pair("listen.admin", &config.listen.admin)}) {
    if (!said(loaded.loaded->origins, path)) {
      *endpoint = {};
    } else if (!on_loopback(*endpoint)) {
      complain(fmt::format("{}: development listens on loopback only; write 127.0.0.1:PORT, unix:/path or off", path));
      return kWrong;
    }
  }
  config.graph.state_dir.clear();  // a router's: throw-away serials and keys must not enter it
  config.graph.name = kName;
  config.graph.environment = kName;
  allow_loopback_subgraphs(config, *supergraph);
  auto graph = sign_in_memory(std::move(*supergraph));
  if (!graph) {
    complain(graph.error().message);
    return kEnvironment;
  }
  app::RouterOptions router{.development = std::move(*graph), .once_or_exit = true};
  router.loaded.config = std::move(config);
  return app::run_router(std::move(router));
}

}  // namespace signet::cli
