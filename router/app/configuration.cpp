#include "router/app/configuration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

#include "router/app/trust_setup.hpp"

namespace signet::app {

using signing::ArtifactKind;

namespace {

template <class T>
std::unexpected<std::string> failure(const std::expected<T, std::string>& result) {
  return std::unexpected(result.error());
}

// Whether operations are judged and planned alike under both.
bool prepared_stays_good(const config::Config& before, const config::Config& now) {
  return before.limits == now.limits && before.introspection == now.introspection;
}

}  // namespace

Configuration::Configuration(RouterOptions& options, const Parts& parts, std::function<void(NewTerms)> use,
                             std::function<void()> poll)
    : options_(options),
      parts_(parts),
      use_(std::move(use)),
      poll_(std::move(poll)),
      secrets_(parts.loop, parts.clock, parts.journal,
               [this](const SecretWatcher::Set& set, bool values) { return use_secrets(set, values); }) {}

std::expected<void, std::string> Configuration::start() {
  auto settings = Settings::make(options_.loaded.config, in_development());
  if (!settings) return failure(settings);
  auto secrets =
      secrets_.prepare(secret_files(options_.loaded.config, options_.loaded.files, in_development(), audit_key_));
  if (!secrets) return failure(secrets);
  settings_ = std::move(*settings);
  secrets_.adopt(std::move(*secrets));
  parts_.state.snapshot = std::make_shared<const Snapshot>(Snapshot{.settings = settings_});
  parts_.state.posture = config::posture(options_.loaded);
  parts_.state.secrets = &secrets_;
  return {};
}

std::expected<signing::GatePolicy, std::string> Configuration::gate_policy(const Settings& settings, ArtifactKind kind,
                                                                           const SecretWatcher::Set& secrets) const {
  if (options_.development) {
    return signing::GatePolicy{
        .kind = kind, .trust = options_.development->trust, .egress = *settings.egress, .webhook_secrets = {}};
  }
  auto policy = make_gate_policy(settings, kind, SecretWatcher::reader(secrets));
  if (policy) return std::move(*policy);
  return std::unexpected(fmt::format("{}", fmt::join(policy.error(), "; ")));
}

std::expected<void, std::string> Configuration::check_live(const config::Loaded& now) const {
  const std::string keys = need_restart(options_.loaded.origins, now.origins);
  if (keys.empty()) return {};
  return std::unexpected("these keys changed and need a restart: " + keys);
}

std::expected<void, std::string> Configuration::reload() {
  std::optional<ReadConfig> read;
  if (options_.reload_config) {
    const auto& running = parts_.state.config_artifact;
    auto good = options_.reload_config(running ? &**running : nullptr);
    if (!good) {
      if (const auto& why = good.error().why) tell_of_refusal(*why);
      if (const auto& root = good.error().trust_root) tighten(*root);
      return std::unexpected(good.error().text);
    }
    if (auto live = check_live(good->loaded); !live) return live;
    read = std::move(*good);
  }
  const config::Config& config = read ? read->loaded.config : settings_->config;
  const auto& used = read ? read->loaded.files : options_.loaded.files;
  auto secrets = secrets_.prepare(secret_files(config, used, in_development(), audit_key_));
  if (!secrets) return failure(secrets);
  auto done = put_in_force(read ? &read->loaded.config : nullptr, *secrets,
                           [this](PolicyInForce policy) { parts_.journal.reloaded(std::move(policy)); });
  if (!done) return done;
  secrets_.adopt(std::move(*secrets));
  if (read) {
    for (const auto& warning : read->loaded.warnings) parts_.journal.config_warning(config::render(warning));
    keep(std::move(read->loaded));
    use_artifact(std::move(read->artifact));
  }
  return {};
}

// The files were refused, and the running configuration goes on, under the trust root as it is now: whose word it no
// longer takes has none.
void Configuration::tighten(const config::SourceFile& trust_root) {
  const auto& known = options_.loaded.options.trust_root;
  if (known && known->text == trust_root.text) return;
  config::Loaded before{.config = {},
                        .origins = {},
                        .warnings = {},
                        .sources = options_.loaded.sources,
                        .options = options_.loaded.options,
                        .files = {}};
  before.options.trust_root = trust_root;
  auto loaded = load_with(before, read_secret());
  const auto tell = [this](PolicyInForce policy) { parts_.journal.policy_in_force(std::move(policy)); };
  const auto done = loaded ? put_in_force(&loaded->config, secrets_.set(), tell) : failure(loaded);
  if (!done) return parts_.journal.config_warning("the trust root is not in force as it is now: " + done.error());
  keep(std::move(*loaded));
  poll_();
}

// Files of secrets have changed: their new texts are in `set`.
std::expected<void, std::string> Configuration::use_secrets(const SecretWatcher::Set& set, bool values) {
  std::optional<config::Loaded> loaded;
  if (values) {
    auto made = load_with(options_.loaded, SecretWatcher::reader(set));
    if (!made) return failure(made);
    if (auto live = check_live(*made); !live) return live;
    loaded = std::move(*made);
  }
  auto done = put_in_force(loaded ? &loaded->config : nullptr, set,
                           [this](PolicyInForce policy) { parts_.journal.policy_in_force(std::move(policy)); });
  if (!done) return done;
  if (loaded) keep(std::move(*loaded));
  poll_();  // what was refused under the old keys may be good under the new ones
  return {};
}

// Everything that is made of configuration and secrets, made anew and put in place.
// `config`: null where it is the same as before. `tell` is called when all of it is good.
std::expected<void, std::string> Configuration::put_in_force(const config::Config* config,
                                                             const SecretWatcher::Set& secrets, const Tell& tell) {
  std::shared_ptr<const Settings> settings = settings_;
  if (config != nullptr) {
    auto made = Settings::make(*config, in_development());
    if (!made) return failure(made);
    settings = std::move(*made);
  }
  const ReadSecret read = SecretWatcher::reader(secrets);
  auto graph = gate_policy(*settings, ArtifactKind::graph, secrets);
  if (!graph) return failure(graph);
  if (auto key = read_audit_key(settings->config.audit, graph->trust, read); !key) return failure(key);
  auto operations = gate_policy(*settings, ArtifactKind::operations, secrets);
  if (!operations) return failure(operations);
  auto push_secrets = read_push_secrets(settings->config, read);
  if (!push_secrets) return failure(push_secrets);
  if (config != nullptr) {
    if (auto used = use_settings(settings); !used) return used;
  }
  tell(policy_in_force(settings_->config, graph->trust));
  use_({settings_->config, std::move(*graph), std::move(*operations), std::move(*push_secrets)});
  return {};
}

std::expected<void, std::string> Configuration::use_settings(const std::shared_ptr<const Settings>& settings) {
  auto profiles = parts_.certificates.prepare(settings->config.subgraphs);
  if (!profiles) return failure(profiles);
  Snapshot next = *parts_.state.snapshot;
  next.settings = settings;
  if (next.graph) {
    auto endpoints = make_endpoints(*next.graph, *settings, CertificateWatcher::tls_of(*profiles), parts_.labels);
    if (!endpoints) return failure(endpoints);
    next.endpoints = *endpoints;
  }
  const bool plans_stay_good = prepared_stays_good(settings_->config, settings->config);
  settings_ = settings;
  parts_.certificates.adopt(std::move(*profiles));
  if (plans_stay_good) {
    parts_.publisher.hand_out(std::move(next));
  } else {
    parts_.publisher.publish(std::move(next));
  }
  return {};
}

// For the next time that a file changes from which a value comes.
void Configuration::keep(config::Loaded loaded) {
  parts_.state.posture = config::posture(loaded);
  options_.loaded.origins = std::move(loaded.origins);
  options_.loaded.sources = std::move(loaded.sources);
  options_.loaded.options = std::move(loaded.options);
  options_.loaded.files = std::move(loaded.files);
}

void Configuration::use_artifact(std::optional<signing::Verified<signing::Artifact>> artifact) {
  const auto& before = parts_.state.config_artifact;
  const bool same = artifact && before && (*artifact)->statement.sha256 == (*before)->statement.sha256 &&
                    (*artifact)->statement.serial == (*before)->statement.serial;
  if (artifact && !same) {
    parts_.journal.decided({.kind = signing::GateEventKind::accepted,
                            .artifact = ArtifactKind::router,
                            .source = (*artifact)->source,
                            .serial = (*artifact)->statement.serial,
                            .sha256 = (*artifact)->statement.sha256,
                            .signers = (*artifact)->signers});
  }
  parts_.state.config_artifact = std::move(artifact);
  if (!parts_.state.config_artifact) return;
  if (auto kept = parts_.store.save(**parts_.state.config_artifact, {}, parts_.clock.wall()); !kept) {
    parts_.journal.not_saved(kept.error());
  }
}

void Configuration::tell_of_refusal(const signing::Refusal& why) {
  parts_.journal.decided({.kind = signing::GateEventKind::refused,
                          .artifact = ArtifactKind::router,
                          .source = signing::SourceKind::file,
                          .reason = why.reason,
                          .detail = why.detail});
}

}  // namespace signet::app
