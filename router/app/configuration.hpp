// The configuration in force, with the texts of its secrets, and how another one, or other secrets, take its place:
// whole, or not at all.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/app/certificate_watcher.hpp"
#include "router/app/journal.hpp"
#include "router/app/publisher.hpp"
#include "router/app/router_process.hpp"
#include "router/app/secret_watcher.hpp"
#include "router/app/state_store.hpp"
#include "router/app/status_page.hpp"
#include "signing/core/gate.hpp"

namespace signet::app {

/// What the gates and the health pages are to work with from now on.
struct NewTerms {
  const config::Config& config;
  signing::GatePolicy graph, operations;
  std::vector<crypto::SecretBytes> push_secrets;
};

/// Threads: the control thread.
class Configuration {
 public:
  /// The parts of the process that a configuration reaches. Lifetime: they outlive it.
  struct Parts {
    net::EventLoop& loop;
    const Clock& clock;
    telemetry::LabelTable& labels;
    Journal& journal;
    CertificateWatcher& certificates;
    Publisher& publisher;
    const StateStore& store;
    ProcessState& state;
  };

  /// `options`: what was loaded for the start, and how it is read again; changed to what is in force.
  /// `use` is called when all of a change is good; `poll` when sources may be judged otherwise than before.
  Configuration(RouterOptions& options, const Parts& parts, std::function<void(NewTerms)> use,
                std::function<void()> poll);

  /// For the start: what the options hold is in force. Errors: the first entry or file that is no good.
  std::expected<void, std::string> start();
  /// Looks at the files of secrets from now on.
  void watch() { secrets_.start(); }

  const Settings& settings() const { return *settings_; }
  const SecretWatcher& secrets() const { return secrets_; }
  ReadSecret read_secret() const { return SecretWatcher::reader(secrets_.set()); }
  std::expected<signing::GatePolicy, std::string> gate_policy(signing::ArtifactKind kind) const {
    return gate_policy(*settings_, kind, secrets_.set());
  }

  /// Reads everything again. Errors: why it stays as it was.
  std::expected<void, std::string> reload();
  /// Remembers the evidence of a configuration that passed the gate and is in use, and tells of it when it is another
  /// one. Its serial is the floor from now on.
  void use_artifact(std::optional<signing::Verified<signing::Artifact>> artifact);

 private:
  using Tell = std::function<void(PolicyInForce)>;

  bool in_development() const { return options_.development.has_value(); }
  std::expected<signing::GatePolicy, std::string> gate_policy(const Settings& settings, signing::ArtifactKind kind,
                                                              const SecretWatcher::Set& secrets) const;
  /// Errors: the keys that differ from what is in force and do not apply live.
  std::expected<void, std::string> check_live(const config::Loaded& now) const;
  std::expected<void, std::string> use_secrets(const SecretWatcher::Set& set, bool values);
  std::expected<void, std::string> put_in_force(const config::Config* config, const SecretWatcher::Set& secrets,
                                                const Tell& tell);
  std::expected<void, std::string> use_settings(const std::shared_ptr<const Settings>& settings);
  void keep(config::Loaded loaded);
  void tighten(const config::SourceFile& trust_root);
  void tell_of_refusal(const signing::Refusal& why);

  RouterOptions& options_;
  Parts parts_;
  std::function<void(NewTerms)> use_;
  std::function<void()> poll_;
  const std::shared_ptr<std::optional<crypto::Sha256>> audit_key_ = std::make_shared<std::optional<crypto::Sha256>>();
  SecretWatcher secrets_;
  std::shared_ptr<const Settings> settings_;
};

}  // namespace signet::app
