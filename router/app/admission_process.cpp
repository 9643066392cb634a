#include "router/app/admission_process.hpp"

#include <csignal>

#include "router/app/admission_pages.hpp"
#include "router/app/admission_setup.hpp"
#include "router/app/state_lock.hpp"
#include "router/net/http_client.hpp"
#include "router/net/http_server.hpp"

namespace signet::app {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitEnvironment = 3;

}  // namespace

int run_admission(const config::AdmissionPolicyFile& file, const ReloadPolicy& reload) {
  const SystemClock clock;
  telemetry::LineWriter events(2);
  auto event = [&](LogLevel level, std::string_view name, const telemetry::EventFields& fields) {
    events.write(telemetry::event_line(clock.wall(), level, name, fields));
  };
  auto failed = [&](const std::string& error) {
    event(LogLevel::error, "start_failed", {{"error", error}});
    return kExitEnvironment;
  };
  auto policy = make_server_policy(file);
  if (!policy) return failed(policy.error());
  ApprovedStore store(file.store_dir, file.store_artifacts_max, clock, [&](const std::string& problem) {
    event(LogLevel::error, "store_problem", {{"error", problem}});
  });
  if (!file.store_dir.empty()) {
    if (auto writable = store.check(); !writable) return failed("store_dir: " + writable.error());
  }
  // Two servers in one folder would lower each other's floors.
  constexpr std::chrono::seconds kLockPatience{5};
  const auto lock = StateLock::take(file.store_dir, kLockPatience, [&](const std::string& holder) {
    event(LogLevel::warn, "store_locked", {{"holder", holder}});
  });
  if (!lock) return failed("store_dir: " + lock.error());
  std::signal(SIGPIPE, SIG_IGN);
  net::EventLoop loop;
  net::Resolver resolver;
  net::HttpClient transport(loop, resolver);
  AdmissionPages pages(file, std::move(*policy), file.store_dir.empty() ? nullptr : &store,
                       {loop, transport, clock, events});
  net::HttpServer server(loop, {&loop}, {&pages},
                         net::ServerSettings{.body_bytes_max = admission::kReviewBytesMax, .connections_max = 1'000});
  if (auto bound = server.listen({file.listen.host, file.listen.port, file.listen.unix_path}); !bound) {
    return failed("listen: " + bound.error());
  }
  loop.on_signals({SIGTERM, SIGINT, SIGHUP}, [&](int signal) {
    if (signal != SIGHUP) return loop.stop();
    auto loaded = reload();
    auto next = loaded ? make_server_policy(*loaded) : std::unexpected(loaded.error());
    if (!next) return event(LogLevel::error, "reload_refused", {{"error", next.error()}});
    pages.use(std::move(*loaded), std::move(*next));
    event(LogLevel::info, "reloaded", {});
  });
  event(LogLevel::info, "admission_listening", {{"port", std::to_string(server.port())}});
  loop.run();
  return kExitOk;
}

}  // namespace signet::app
