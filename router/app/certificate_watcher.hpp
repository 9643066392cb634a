// CertificateWatcher: the certificates, keys and authorities in use, and their files, which are read again when they
// change. A set of files is used whole and fitting; otherwise what was used before stays.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/app/journal.hpp"
#include "router/app/tls_files.hpp"
#include "router/json/writer.hpp"

namespace signet::app {

/// Threads: the control thread.
class CertificateWatcher {
 public:
  struct Hooks {
    std::function<void(const std::shared_ptr<const net::ServerTls>&)> use_listener;
    /// subgraphs() holds other profiles now.
    std::function<void()> use_subgraphs;
  };

  CertificateWatcher(net::EventLoop& loop, const Clock& clock, telemetry::LabelTable& labels, Journal& journal,
                     Hooks hooks);

  /// Reads everything, for the start. Errors: the first problem, with its YAML key and file.
  std::expected<void, std::string> load(const config::Config& config);
  /// Looks at the files from now on.
  void start();
  /// Looks at once, and tells at once what does not fit. Returns what was refused, as texts.
  std::vector<std::string> check_now();

  /// null: no TLS on the client endpoint.
  std::shared_ptr<const net::ServerTls> listener() const;
  const SubgraphTls& subgraphs() const { return subgraphs_; }

  /// For a reload: the sets of another configuration, to be adopted or dropped. Profiles whose files are the same stay
  /// the same. Errors: as load().
  struct Profile;
  std::expected<std::vector<std::shared_ptr<Profile>>, std::string> prepare(const config::Subgraphs& subgraphs) const;
  static SubgraphTls tls_of(const std::vector<std::shared_ptr<Profile>>& profiles);
  void adopt(std::vector<std::shared_ptr<Profile>> profiles);

  void set_gauges(telemetry::MetricShard& metrics) const;
  /// Writes one object: what is in use since when, and what was refused last.
  void write_status(json::Writer& writer) const;

 private:
  struct Watched;
  struct Listener;
  std::optional<FileProblem> look(Watched& watched);
  std::vector<std::string> check(bool patient);
  void schedule();
  void applied(Watched& watched);

  net::EventLoop& loop_;
  const Clock& clock_;
  telemetry::LabelTable& labels_;
  Journal& journal_;
  Hooks hooks_;
  std::shared_ptr<net::TicketKeys> tickets_;
  std::shared_ptr<Listener> listener_;
  std::vector<std::shared_ptr<Profile>> profiles_;
  SubgraphTls subgraphs_;
  std::unique_ptr<net::Timer> timer_;
};

}  // namespace signet::app
