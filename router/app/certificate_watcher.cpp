#include "router/app/certificate_watcher.hpp"

#include <algorithm>

#include "router/base/units.hpp"

namespace signet::app {

using telemetry::MetricId;

namespace {

using Made = std::expected<void, FileProblem>;

template <class T>
Made take(std::expected<T, FileProblem>&& made, T& into) {
  if (!made) return std::unexpected(std::move(made.error()));
  into = std::move(*made);
  return {};
}

}  // namespace

// One set of files, what is made of it, and what was told about it.
struct CertificateWatcher::Watched {
  explicit Watched(TlsFileSet set) : files(std::move(set)) {}
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  virtual ~Watched() = default;
  /// Makes what connections use. Errors: nothing has changed then.
  virtual Made make(const TlsTexts& texts) = 0;
  virtual std::optional<WallTime> expires() const = 0;
  virtual void use(const Hooks& hooks) const = 0;

  TlsFileSet files;
  FileWatch watch;
};

struct CertificateWatcher::Listener final : Watched {
  Listener(TlsFileSet set, std::shared_ptr<net::TicketKeys> keys) : Watched(std::move(set)), tickets(std::move(keys)) {}
  Made make(const TlsTexts& texts) override { return take(make_listener_tls(files, texts, tickets), tls); }
  std::optional<WallTime> expires() const override { return tls->expires(); }
  void use(const Hooks& hooks) const override { hooks.use_listener(tls); }

  std::shared_ptr<net::TicketKeys> tickets;
  std::shared_ptr<const net::ServerTls> tls;
};

struct CertificateWatcher::Profile final : Watched {
  Profile(std::string name, TlsFileSet set) : Watched(std::move(set)), subgraph(std::move(name)) {}
  Made make(const TlsTexts& texts) override { return take(make_subgraph_tls(files, texts), tls); }
  std::optional<WallTime> expires() const override { return tls->expires(); }
  void use(const Hooks& hooks) const override { hooks.use_subgraphs(); }

  std::string subgraph;  // empty: all
  std::shared_ptr<const net::ClientTls> tls;
};

namespace {

// For the start and for reloads, where a problem is an error.
template <class Watched>
std::expected<void, std::string> read_first(Watched& watched, WallTime now) {
  auto texts = read_tls_files(watched.files);
  if (!texts) return std::unexpected(texts.error().text());
  if (auto made = watched.make(*texts); !made) return std::unexpected(made.error().text());
  watched.watch.use(texts->digest(), now);
  return {};
}

}  // namespace

CertificateWatcher::CertificateWatcher(net::EventLoop& loop, const Clock& clock, telemetry::LabelTable& labels,
                                       Journal& journal, Hooks hooks)
    : loop_(loop),
      clock_(clock),
      labels_(labels),
      journal_(journal),
      hooks_(std::move(hooks)),
      tickets_(std::make_shared<net::TicketKeys>(clock)) {}

std::expected<void, std::string> CertificateWatcher::load(const config::Config& config) {
  if (!config.listen.tls.cert_file.empty()) {
    listener_ = std::make_shared<Listener>(listener_files(config.listen.tls), tickets_);
    if (auto read = read_first(*listener_, clock_.wall()); !read) return read;
  }
  auto profiles = prepare(config.subgraphs);
  if (!profiles) return std::unexpected(profiles.error());
  adopt(std::move(*profiles));
  return {};
}

std::expected<std::vector<std::shared_ptr<CertificateWatcher::Profile>>, std::string> CertificateWatcher::prepare(
    const config::Subgraphs& subgraphs) const {
  std::vector<std::shared_ptr<Profile>> out;
  for (auto& [name, files] : subgraph_files(subgraphs)) {
    const auto same = std::ranges::find_if(profiles_, [&](const auto& profile) { return profile->files == files; });
    if (same != profiles_.end()) {
      out.push_back(*same);
      continue;
    }
    auto fresh = std::make_shared<Profile>(name, files);
    if (auto read = read_first(*fresh, clock_.wall()); !read) return std::unexpected(read.error());
    out.push_back(std::move(fresh));
  }
  return out;
}

SubgraphTls CertificateWatcher::tls_of(const std::vector<std::shared_ptr<Profile>>& profiles) {
  SubgraphTls tls;
  for (const auto& profile : profiles) {
    if (profile->subgraph.empty()) {
      tls.all = profile->tls;
    } else {
      tls.by_name[profile->subgraph] = profile->tls;
    }
  }
  return tls;
}

void CertificateWatcher::adopt(std::vector<std::shared_ptr<Profile>> profiles) {
  profiles_ = std::move(profiles);
  subgraphs_ = tls_of(profiles_);
}

void CertificateWatcher::start() {
  schedule();
}

void CertificateWatcher::schedule() {
  timer_ = loop_.after(FileWatch::kPoll, [this] {
    check(true);
    schedule();
  });
}

std::vector<std::string> CertificateWatcher::check_now() {
  return check(false);
}

// What was refused, as texts.
std::vector<std::string> CertificateWatcher::check(bool patient) {
  std::vector<std::string> refused;
  const auto look_at = [&](Watched& watched) {
    const auto problem = look(watched);
    if (!problem) return;
    if (watched.watch.refuse(*problem, clock_.steady(), clock_.wall(), patient)) journal_.tls_files_refused(*problem);
    refused.push_back(problem->text());
  };
  if (listener_) look_at(*listener_);
  for (const auto& profile : profiles_) look_at(*profile);
  return refused;
}

// Uses what has changed. What is wrong with it, or nothing.
std::optional<FileProblem> CertificateWatcher::look(Watched& watched) {
  auto texts = read_tls_files(watched.files);
  if (!texts) return texts.error();
  const crypto::Sha256 digest = texts->digest();
  if (watched.watch.holds(digest)) return std::nullopt;
  if (auto made = watched.make(*texts); !made) return made.error();
  watched.watch.use(digest, clock_.wall());
  applied(watched);
  return std::nullopt;
}

void CertificateWatcher::applied(Watched& watched) {
  subgraphs_ = tls_of(profiles_);
  watched.use(hooks_);
  journal_.tls_files_applied(watched.files.key, watched.expires());
}

std::shared_ptr<const net::ServerTls> CertificateWatcher::listener() const {
  return listener_ ? listener_->tls : nullptr;
}

void CertificateWatcher::set_gauges(telemetry::MetricShard& metrics) const {
  const auto seconds = [](WallTime time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  };
  if (listener_) metrics.set(MetricId::tls_certificate_expiry, {}, seconds(listener_->tls->expires()));
  for (const auto& profile : profiles_) {
    const auto expires = profile->expires();
    if (!expires) continue;
    const std::string name = profile->subgraph.empty() ? "all" : profile->subgraph;
    metrics.set(MetricId::tls_certificate_expiry, telemetry::AttributeSet().subgraph_name(labels_.subgraph(name)),
                seconds(*expires));
  }
}

void CertificateWatcher::write_status(json::Writer& writer) const {
  writer.begin_object();
  const auto write = [&](const Watched& watched) {
    writer.key(watched.files.key).begin_object().key("certificate_expires");
    if (const auto expires = watched.expires()) {
      writer.value(format_timestamp(*expires));
    } else {
      writer.null();
    }
    watched.watch.write_status(writer, kTlsFilesWhatToDo);
    writer.end_object();
  };
  if (listener_) write(*listener_);
  for (const auto& profile : profiles_) write(*profile);
  writer.end_object();
}

}  // namespace signet::app
