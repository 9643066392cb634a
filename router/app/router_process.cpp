#include "router/app/router_process.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <memory>

#include "router/app/artifact_watcher.hpp"
#include "router/app/configuration.hpp"
#include "router/app/cpu_count.hpp"
#include "router/app/journal.hpp"
#include "router/app/process_limits.hpp"
#include "router/app/publisher.hpp"
#include "router/app/reload.hpp"
#include "router/app/state_lock.hpp"
#include "router/app/status.hpp"
#include "router/app/telemetry_hub.hpp"
#include "router/app/trust_setup.hpp"
#include "router/app/version.hpp"
#include "router/app/worker.hpp"
#include "router/base/allocator.hpp"
#include "router/base/units.hpp"
#include "router/net/loop_thread.hpp"

namespace signet::app {

using signing::ArtifactKind;
using telemetry::MetricId;

namespace {

constexpr int kExitOk = 0;
constexpr int kExitRefused = 1;
constexpr int kExitEnvironment = 3;
constexpr size_t kConnectionsPerSubgraph = 100;  // split over the workers
constexpr size_t kConnectionsPerWorkerMin = 16;  // however many they are: fetches wait for a place of their own worker
constexpr size_t kClientConnectionsMax = 10'000;
constexpr const char* kFallbackKey = "graph.fallback";
constexpr std::chrono::seconds kReloadWait{10};  // for the sources, until a reload is answered all the same

struct WorkerThread {
  ~WorkerThread() { thread.stop(); }
  net::EventLoop& loop() { return thread.loop; }

  net::LoopThread thread;
  std::unique_ptr<Worker> worker;
};

net::ListenAddress to_address(const config::Endpoint& endpoint) {
  return {endpoint.host, endpoint.port, endpoint.unix_path};
}

bool listens(const config::Endpoint& endpoint) {
  return !endpoint.host.empty() || !endpoint.unix_path.empty();
}

class RouterProcess {
 public:
  explicit RouterProcess(RouterOptions options)
      : options_(std::move(options)),
        transport_(control_, resolver_),
        telemetry_(options_.loaded.config, control_, transport_, clock_, labels_),
        store_(options_.loaded.config.graph.state_dir),
        journal_(telemetry_, labels_, clock_),
        publisher_(control_, builder_.loop, clock_, labels_, telemetry_, publish_state_),
        certificates_(control_, clock_, labels_, journal_,
                      {.use_listener = [this](const auto& tls) { graphql_server_->use_tls(tls); },
                       .use_subgraphs = [this] { use_profiles(); }}),
        configuration_(
            options_, {control_, clock_, labels_, journal_, certificates_, publisher_, store_, publish_state_},
            [this](NewTerms terms) { use_terms(std::move(terms)); }, [this] { poll_all(); }) {}

  ~RouterProcess() { stop_threads(); }

  int run() {
    std::signal(SIGPIPE, SIG_IGN);
    if (auto ready = set_up(); !ready) {
      telemetry_.event(LogLevel::error, "start_failed", {{"error", ready.error()}});
      journal_.stopped("start_failed");
      return kExitEnvironment;
    }
    control_.on_signals({SIGTERM, SIGINT, SIGHUP}, [this](int signal) { on_signal(signal); });
    schedule_checkpoint();
    watch_lock();
    telemetry_.set_gauges([this](telemetry::MetricShard& metrics) { set_gauges(metrics); });
    certificates_.start();
    configuration_.watch();
    graph_watcher_->start();
    if (operations_watcher_) operations_watcher_->start();
    telemetry_.start();
    if (options_.once_or_exit) check_once();
    control_.run();
    journal_.stopped(exit_code_ == kExitOk ? "asked" : "no_graph");
    return exit_code_;
  }

 private:
  std::expected<void, std::string> set_up() {
    publish_state_.started = clock_.wall();
    if (auto good = configuration_.start(); !good) return good;
    if (auto writable = store_.check(); !writable) {
      return std::unexpected(
          fmt::format("graph.state_dir: {}; make it a folder that this user may write to", writable.error()));
    }
    if (auto alone = lock_state(); !alone) return alone;
    if (auto own = check_state_is_own(); !own) return own;
    if (auto read = certificates_.load(options_.loaded.config); !read) return read;
    publish_state_.certificates = &certificates_;
    if (auto made = make_watchers(); !made) return made;
    if (auto opened = open_journal(); !opened) return opened;
    try {
      start_workers();
    } catch (const std::exception& error) {  // no thread, or no descriptor for a loop
      return std::unexpected(error.what());
    }
    if (auto listening = listen(); !listening) return listening;
    configuration_.use_artifact(std::move(options_.config_artifact));
    return {};
  }

  // A router that is replaced may take as long to drain.
  std::expected<void, std::string> lock_state() {
    const auto patience = options_.loaded.config.shutdown.drain;
    auto lock = StateLock::take(options_.loaded.config.graph.state_dir, patience, [&](const std::string& holder) {
      telemetry_.event(
          LogLevel::warn, "state_locked",
          {{"holder", holder},
           {"waiting_at_most", format_duration(patience)},
           {"what_to_do", "nothing while that router is stopping; else give each router a folder of its own"}});
    });
    if (!lock) return std::unexpected("graph.state_dir: " + lock.error());
    state_lock_ = std::move(*lock);
    return {};
  }

  // Who takes the folder away takes the lock with it: it is taken again as soon as the folder is back.
  void watch_lock() {
    constexpr std::chrono::seconds kStep{1};
    lock_timer_ = control_.after(kStep, [this] {
      if (!state_lock_.in_place()) retake_lock();
      watch_lock();
    });
  }

  void retake_lock() {
    auto lock = StateLock::take(options_.loaded.config.graph.state_dir, {}, [](const std::string&) {});
    if (lock) state_lock_ = std::move(*lock);
    const std::string problem = lock ? "" : lock.error();
    if (problem != std::exchange(lock_problem_, problem) && !problem.empty()) {
      telemetry_.event(LogLevel::error, "state_lock_lost",
                       {{"problem", problem},
                        {"what_to_do", "give the folder back, and to this router alone: it takes the lock by itself"}});
    }
  }

  // Another graph's serial floor would refuse this one for ever, or let an older one in.
  std::expected<void, std::string> check_state_is_own() const {
    const config::Graph& graph = options_.loaded.config.graph;
    std::string problem;
    for (const ArtifactKind kind : {ArtifactKind::graph, ArtifactKind::operations}) {
      const auto record = store_.load_state(kind, problem);
      if (!record || (record->graph == graph.name && record->environment == graph.environment)) continue;
      return std::unexpected(
          fmt::format("graph.state_dir: {} holds the state of {} in {}; give each graph a folder of "
                      "its own",
                      graph.state_dir, record->graph, record->environment));
    }
    return {};
  }

  // `key`: where the configuration describes it.
  std::expected<std::unique_ptr<Source>, std::string> make_source(const std::string& key, const config::Source& source,
                                                                  ArtifactKind of) {
    using signing::SourceKind;
    const auto kind = [&](SourceKind own) { return key == kFallbackKey ? SourceKind::fallback : own; };
    const bool cosmo = options_.loaded.config.trust.unsafe_compat == config::UnsafeCompat::cosmo &&
                       of == ArtifactKind::graph && !options_.development;
    if (source.cdn && cosmo) {
      return make_cosmo_source(*source.cdn, {key, kind(SourceKind::cdn), transport_, clock_});
    }
    if (source.cdn) return make_cdn_source(*source.cdn, {key, kind(SourceKind::cdn), transport_, clock_});
    if (source.s3) return make_s3_source(*source.s3, {key, kind(SourceKind::s3), transport_, clock_});
    return source.file.empty() ? nullptr : make_file_source(source.file, kind(SourceKind::file));
  }

  std::expected<std::unique_ptr<ArtifactWatcher>, std::string> make_watcher(ArtifactKind kind, const std::string& key,
                                                                            const config::Source& source,
                                                                            const config::Source& fallback) {
    auto policy = configuration_.gate_policy(kind);
    if (!policy) return std::unexpected(policy.error());
    WatcherSettings settings{.policy = std::move(*policy)};
    if (source.cdn) {
      settings.poll = source.cdn->poll;
      settings.jitter = source.cdn->jitter;
    } else if (source.s3) {
      settings.poll = source.s3->poll;
      settings.jitter = source.s3->jitter;
    }
    std::unique_ptr<AdmissionCaller> admission;
    if (!options_.loaded.config.admission.url.empty()) {
      auto secrets = read_webhook_secrets(options_.loaded.config.admission.secret_file, configuration_.read_secret());
      if (!secrets) return std::unexpected("admission.secret_file: " + secrets.error());
      admission = std::make_unique<AdmissionCaller>(options_.loaded.config.admission, secrets->front(), control_,
                                                    transport_, clock_);
    }
    const bool memory = options_.development && kind == ArtifactKind::graph;
    auto from = memory ? std::unique_ptr<Source>(
                             make_memory_source(options_.development->statement, options_.development->artifact))
                       : make_source(key, source, kind);
    if (!from) return std::unexpected(from.error());
    auto instead = make_source(kFallbackKey, fallback, kind);
    if (!instead) return std::unexpected(instead.error());
    return std::make_unique<ArtifactWatcher>(
        std::move(settings), std::move(*from), std::move(*instead), std::move(admission), store_, control_, clock_,
        WatcherHooks{
            .apply = [this, kind](
                         signing::Verified<signing::Artifact> artifact, const WatcherHooks::Confirm& confirm,
                         const WatcherHooks::Applied& done) { apply(kind, std::move(artifact), confirm, done); },
            .drop = [this, kind] { drop(kind); },
            .not_saved = [this](const std::string& problem) { journal_.not_saved(problem); },
            .judged = [this](const AdmissionVerdict& verdict) { journal_.judged(verdict); },
            .report = [this](const signing::GateEvent& event) { journal_.decided(event); }});
  }

  std::expected<void, std::string> make_watchers() {
    auto graph = make_watcher(ArtifactKind::graph, "graph.source", options_.loaded.config.graph.source,
                              options_.loaded.config.graph.fallback);
    if (!graph) return std::unexpected(graph.error());
    graph_watcher_ = std::move(*graph);
    publish_state_.watchers.emplace_back("graph", graph_watcher_.get());
    if (options_.loaded.config.operations.mode == config::OperationsMode::off) return {};
    auto operations =
        make_watcher(ArtifactKind::operations, "operations.source", options_.loaded.config.operations.source, {});
    if (!operations) return std::unexpected(operations.error());
    operations_watcher_ = std::move(*operations);
    publish_state_.watchers.emplace_back("operations", operations_watcher_.get());
    return {};
  }

  std::expected<void, std::string> open_journal() {
    auto policy = configuration_.gate_policy(ArtifactKind::graph);
    if (!policy) return failure(policy);
    auto key = read_audit_key(options_.loaded.config.audit, policy->trust, configuration_.read_secret());
    if (!key) return failure(key);
    if (auto opened =
            journal_.open(options_.loaded.config.graph.state_dir, options_.loaded.config.audit, std::move(*key));
        !opened) {
      return opened;
    }
    journal_.started(kVersion, configuration_.settings().development,
                     policy_in_force(configuration_.settings().config, policy->trust));
    return {};
  }

  void schedule_checkpoint() {
    checkpoint_timer_ = control_.after(options_.loaded.config.audit.checkpoint_every, [this] {
      journal_.checkpoint();
      schedule_checkpoint();
    });
  }

  void start_workers() {
    const CpuCount cpus = usable_cpus();
    const unsigned count = options_.loaded.config.workers > 0 ? options_.loaded.config.workers : cpus.workers;
    publish_state_.workers = count;
    std::vector<Worker*> workers;
    start_planners(count);
    const WorkerShare share{
        .connections_per_subgraph = std::max(kConnectionsPerWorkerMin, kConnectionsPerSubgraph / count),
        .cache_bytes = OperationCache::front_bytes(count)};
    for (unsigned i = 0; i < count; ++i) {
      auto thread = std::make_unique<WorkerThread>();
      thread->worker = std::make_unique<Worker>(thread->loop(), clock_, labels_, publish_state_.snapshot, *planners_,
                                                resolver_, share);
      workers.push_back(thread->worker.get());
      workers_.push_back(std::move(thread));
    }
    telemetry_.watch(workers);
    publisher_.watch(workers, *planners_);
    for (const auto& thread : workers_) thread->thread.start();
    builder_.start();
    telemetry_.event(LogLevel::info, "starting",
                     {{"version", std::string(kVersion)},
                      {"workers", std::to_string(count)},
                      {"workers_because", options_.loaded.config.workers > 0 ? "configured" : cpus.why},
                      {"mode", configuration_.settings().development ? "development" : "serve"}});
    tell_unsafe_keys();
  }

  void tell_unsafe_keys() {
    for (const config::Weakness& weakness : publish_state_.posture) {
      if (weakness.code != "unsafe_key" || configuration_.settings().development) continue;
      telemetry_.event(LogLevel::warn, "weak_posture", {{"key", weakness.path}, {"why", weakness.message}});
    }
  }

  void start_planners(unsigned workers) {
    planners_ = std::make_unique<PlannerPool>(
        PlannerPool::Settings{.threads = PlannerPool::threads_for(workers)},
        [this](const PlanQuestion& question) { return plan_operation(question, labels_); },
        [this](std::chrono::nanoseconds took) {
          control_.post([this, seconds = std::chrono::duration<double>(took).count()] {
            telemetry_.metrics().observe(MetricId::planner_duration, {}, seconds);
          });
        },
        clock_);
  }

  std::expected<void, std::string> listen() {
    const config::Listen& config = options_.loaded.config.listen;
    std::vector<net::EventLoop*> loops;
    std::vector<net::ServerHandler*> handlers;
    for (const auto& thread : workers_) {
      loops.push_back(&thread->loop());
      handlers.push_back(thread->worker.get());
    }
    graphql_server_ = std::make_unique<net::HttpServer>(
        control_, loops, handlers,
        net::ServerSettings{.body_bytes_max = options_.loaded.config.limits.body_bytes,
                            .unread_bytes_max = options_.loaded.config.limits.unread_answers_bytes,
                            .connections_max = std::min<size_t>(kClientConnectionsMax, descriptors_),
                            .handshakes_max = options_.loaded.config.limits.tls_handshakes,
                            .tls = certificates_.listener()});
    if (auto bound = bind("listen.graphql", config.graphql, *graphql_server_); !bound) return bound;

    auto push_secrets = read_push_secrets(options_.loaded.config, configuration_.read_secret());
    if (!push_secrets) return failure(push_secrets);
    HealthPages::Push push{.secrets = std::move(*push_secrets), .poll = [this] { poll_all(); }};
    health_pages_ = std::make_unique<HealthPages>(publish_state_, telemetry_, clock_, std::move(push));
    admin_pages_ =
        std::make_unique<AdminPages>(publish_state_, clock_, [this](const auto& done) { reload("admin", done); });
    if (auto bound = listen_control("listen.health", config.health, *health_pages_, health_server_); !bound)
      return bound;
    if (auto bound = listen_control("listen.admin", config.admin, *admin_pages_, admin_server_); !bound) return bound;
    telemetry_.event(LogLevel::info, "listening", {{"graphql_port", std::to_string(graphql_server_->port())}});
    return {};
  }

  // Errors name `key`, under which the operator finds the endpoint.
  static std::expected<void, std::string> bind(const std::string& key, const config::Endpoint& endpoint,
                                               net::HttpServer& server) {
    auto bound = server.listen(to_address(endpoint));
    return bound ? bound : std::unexpected(key + ": " + bound.error());
  }

  std::expected<void, std::string> listen_control(const std::string& key, const config::Endpoint& endpoint,
                                                  net::ServerHandler& pages, std::unique_ptr<net::HttpServer>& server) {
    if (!listens(endpoint)) return {};
    constexpr size_t kConnectionsMax = 256;
    constexpr uint64_t kBodyBytesMax = 64u << 10;
    server = std::make_unique<net::HttpServer>(
        control_, std::vector<net::EventLoop*>{&control_}, std::vector<net::ServerHandler*>{&pages},
        net::ServerSettings{.head_timeout = std::chrono::seconds(2),
                            .body_bytes_max = kBodyBytesMax,
                            .connections_max = std::min(kConnectionsMax, std::max<size_t>(4, descriptors_ / 8))});
    return bind(key, endpoint, *server);
  }

  // Steps 6 and 7: built on the builder's thread, swapped in by message.
  void apply(ArtifactKind kind, signing::Verified<signing::Artifact> artifact, const WatcherHooks::Confirm& confirm,
             const WatcherHooks::Applied& done) {
    builder_.loop.post([this, kind, artifact = std::move(artifact), confirm, done] {
      if (kind == ArtifactKind::graph) {
        swap_in_built(
            build_graph(artifact), [this](Snapshot& next, auto graph) { return use_graph(next, graph); }, confirm,
            done);
      } else {
        swap_in_built(
            build_operations(artifact),
            [](Snapshot& next, auto operations) {
              next.operations = operations;
              return std::expected<void, std::string>();
            },
            confirm, done);
      }
    });
  }

  // Threads: the builder's.
  template <class T, class Use>
  void swap_in_built(std::expected<T, std::string> built, Use use, const WatcherHooks::Confirm& confirm,
                     const WatcherHooks::Applied& done) {
    control_.post([this, built = std::move(built), use, confirm, done] {
      if (!built) return done(failure(built));
      publisher_.swap_in(
          [use, part = *built, confirm](Snapshot& next) {
            auto good = confirm();
            return good ? use(next, part) : good;
          },
          done);
    });
  }

  void drop(ArtifactKind kind) {
    Snapshot next = *publish_state_.snapshot;
    if (kind == ArtifactKind::graph) {
      next.graph = nullptr;
      next.endpoints = nullptr;
    } else {
      next.operations = nullptr;
    }
    publisher_.publish(std::move(next));
  }

  template <class T>
  static std::expected<void, std::string> failure(const std::expected<T, std::string>& result) {
    return std::unexpected(result.error());
  }

  std::expected<void, std::string> use_graph(Snapshot& next, const std::shared_ptr<const Graph>& graph) {
    auto endpoints = make_endpoints(*graph, configuration_.settings(), certificates_.subgraphs(), labels_);
    if (!endpoints) return failure(endpoints);
    next.graph = graph;
    next.endpoints = *endpoints;
    return {};
  }

  // Other certificates or authorities towards subgraphs: what was prepared stays good.
  void use_profiles() {
    Snapshot next = *publish_state_.snapshot;
    if (next.graph == nullptr) return;
    if (auto endpoints = make_endpoints(*next.graph, configuration_.settings(), certificates_.subgraphs(), labels_)) {
      next.endpoints = *endpoints;
      publisher_.hand_out(std::move(next));
    }
  }

  void set_gauges(telemetry::MetricShard& metrics) {
    metrics.set(MetricId::server_active, {}, static_cast<int64_t>(graphql_server_->requests_in_flight()));
    metrics.set(MetricId::unread_answers, {}, static_cast<int64_t>(graphql_server_->unread_bytes()));
    metrics.set(MetricId::plan_cache_operations, {}, static_cast<int64_t>(planners_->cached_operations()));
    certificates_.set_gauges(metrics);
    configuration_.secrets().set_gauges(metrics);
    metrics.set(MetricId::plan_cache_bytes, {}, static_cast<int64_t>(planners_->cached_bytes()));
    journal_.set_alarms(metrics, ArtifactKind::graph, graph_watcher_->alarms());
    if (operations_watcher_) journal_.set_alarms(metrics, ArtifactKind::operations, operations_watcher_->alarms());
    const config::Admission& admission = publish_state_.snapshot->settings->config.admission;
    metrics.set(MetricId::config_unsafe_admission, {},
                admission.unsafe_audit_only || admission.unsafe_ignore_failures ? 1 : 0);
    metrics.forget(MetricId::config_expires_in);
    for (const auto& [kind, watcher] : publish_state_.watchers) {
      if (watcher->running() != nullptr) journal_.set_expiry(metrics, *watcher->running());
    }
    journal_.set_trust(metrics, configuration_.settings().config.trust, publish_state_.posture);
    const auto& graph = publish_state_.snapshot->graph;
    if (graph == nullptr) return;
    const signing::Statement& statement = graph->artifact.statement;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(clock_.wall() - statement.issued);
    metrics.set(MetricId::config_serial, {}, static_cast<int64_t>(statement.serial));
    metrics.set(MetricId::config_age, {}, age.count());
    metrics.forget(MetricId::config_expiry);
    if (statement.ever_expires()) {
      metrics.set(MetricId::config_expiry, {}, static_cast<int64_t>(signing::unix_seconds(statement.expires)));
    }
  }

  void use_terms(NewTerms terms) {
    health_pages_->set_push_secrets(std::move(terms.push_secrets));
    const config::Config& now = terms.config;
    graph_watcher_->reconfigure(now.graph.source, now.graph.fallback);
    // Under the new policy the watchers may find that what serves may not any more.
    graph_watcher_->set_policy(std::move(terms.graph));
    if (!operations_watcher_) return;
    operations_watcher_->reconfigure(now.operations.source, {});
    operations_watcher_->set_policy(std::move(terms.operations));
  }

  void poll_all() {
    for (const auto& [kind, watcher] : publish_state_.watchers) watcher->poll_now();
  }

  // SIGHUP and POST /admin/reload: configuration and key files are read again through the same path as at the start,
  // then the sources. Applied whole or not at all.
  void reload(const std::string& asked_by, const std::function<void(const ReloadOutcome&)>& done) {
    journal_.reload_asked(asked_by);
    const auto reloaded = configuration_.reload();
    auto tls_problems = certificates_.check_now();
    publish_state_.refused_reload.reset();
    if (!reloaded) {
      publish_state_.refused_reload = {reloaded.error(), clock_.wall()};
      journal_.reload_refused(reloaded.error());
      return done({.configuration_error = reloaded.error(), .tls_problems = std::move(tls_problems), .artifacts = {}});
    }
    app::poll_all(control_, publish_state_.watchers, kReloadWait, [this, asked_by, done, tls_problems](auto artifacts) {
      const ReloadOutcome outcome{
          .configuration_error = {}, .tls_problems = tls_problems, .artifacts = std::move(artifacts)};
      journal_.reload_done(asked_by, outcome.refused(), outcome.to_fields());
      done(outcome);
    });
  }

  void on_signal(int signal) {
    if (signal == SIGHUP) return reload("signal", [](const ReloadOutcome&) {});
    if (publish_state_.draining) return control_.stop();  // asked twice: leave now
    publish_state_.draining = true;
    drain_started_ = clock_.steady();
    telemetry_.event(LogLevel::info, "draining", {});
    const auto pre_stop = configuration_.settings().development ? std::chrono::milliseconds(0)
                                                                : configuration_.settings().config.shutdown.pre_stop;
    drain_timer_ = control_.after(pre_stop, [this] {
      graphql_server_->start_draining();
      graphql_server_->stop_accepting();
      wait_for_requests();
    });
  }

  void wait_for_requests() {
    constexpr std::chrono::milliseconds kStep{20};
    const bool late = clock_.steady() - drain_started_ >= configuration_.settings().config.shutdown.drain;
    if (graphql_server_->connections() > 0 && !late) {
      drain_timer_ = control_.after(kStep, [this] { wait_for_requests(); });
      return;
    }
    telemetry_.event(LogLevel::info, "stopped", {{"cut", std::to_string(graphql_server_->requests_in_flight())}});
    graphql_server_->close_all();
    telemetry_.flush([this] { control_.stop(); });
  }

  void check_once() {
    constexpr std::chrono::milliseconds kStep{50};
    if (publish_state_.snapshot->ready()) return;
    if (graph_watcher_->failures() > 0) {
      exit_code_ = kExitRefused;
      return control_.stop();
    }
    once_timer_ = control_.after(kStep, [this] { check_once(); });
  }

  void stop_threads() {
    for (const auto& thread : workers_) thread->loop().stop();
    builder_.loop.stop();
    for (const auto& thread : workers_) thread->thread.stop();
    if (planners_) planners_->stop();  // who asks has stopped; the loops it replies to live on
    resolver_.stop();
    builder_.stop();
  }

  // Destroyed from the last to the first: servers and clients before the loops they live on.
  RouterOptions options_;
  SystemClock clock_;
  telemetry::LabelTable labels_;
  net::Resolver resolver_;
  net::EventLoop control_;
  net::LoopThread builder_;
  std::vector<std::unique_ptr<WorkerThread>> workers_;
  std::unique_ptr<PlannerPool> planners_;
  net::HttpClient transport_;
  TelemetryHub telemetry_;
  StateStore store_;
  StateLock state_lock_;
  std::string lock_problem_;  // told
  Journal journal_;
  Publisher publisher_;
  CertificateWatcher certificates_;
  ProcessState publish_state_;
  Configuration configuration_;
  std::unique_ptr<ArtifactWatcher> graph_watcher_, operations_watcher_;
  std::unique_ptr<HealthPages> health_pages_;
  std::unique_ptr<AdminPages> admin_pages_;
  std::unique_ptr<net::HttpServer> graphql_server_, health_server_, admin_server_;
  std::unique_ptr<net::Timer> drain_timer_, once_timer_, checkpoint_timer_, lock_timer_;
  SteadyTime drain_started_;
  const size_t descriptors_ = raise_descriptors();
  int exit_code_ = kExitOk;
};

}  // namespace

int run_router(RouterOptions options) {
  tune_allocator();
  RouterProcess process(std::move(options));
  return process.run();
}

}  // namespace signet::app
