// ArtifactWatcher: drives one kind of artifact through the gate. Polls its source, falls back on transport failures,
// asks for admission, has it built and applied, and keeps what was applied.
//
//   start → last-good copy → poll → statement → wanted → artifact → examine → (admission → admit) → apply → save
//   Cosmo's CDN:             poll → body and signature of its bytes → examine → apply → save
//
// With every poll it also looks at what runs: time passes, keys are revoked, files go away.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "router/app/admission_caller.hpp"
#include "router/app/artifact_source.hpp"
#include "router/app/journal.hpp"
#include "router/app/state_store.hpp"
#include "router/net/event_loop.hpp"
#include "signing/core/gate.hpp"

namespace signet::app {

/// What was refused last, for status pages.
struct LastRefusal {
  signing::Refusal refusal;
  WallTime at;
};

struct WatcherSettings {
  signing::GatePolicy policy;
  std::chrono::milliseconds poll{1'000};
  std::chrono::milliseconds jitter{0};
};

/// What the watcher needs from its surroundings.
struct WatcherHooks {
  using Applied = std::function<void(std::expected<void, std::string>)>;
  /// Whether what was built may still serve, under the policy of that moment. Threads: the loop's.
  using Confirm = std::function<std::expected<void, std::string>()>;
  /// Builds and swaps; right before the swap `confirm` is asked, and its error ends it. Calls back on the loop with the
  /// reason when nothing could be built, or with that error.
  std::function<void(signing::Verified<signing::Artifact>, Confirm, Applied)> apply;
  /// Nothing serves from now on: what did may not any more.
  std::function<void()> drop;
  /// The artifact serves, but its floor or its copy could not be written: a restart may accept an older one.
  std::function<void(const std::string& problem)> not_saved;
  /// The webhook answered; told once for each artifact and answer.
  std::function<void(const AdmissionVerdict&)> judged;
  /// Every decision, for metrics, audit and the event log.
  std::function<void(const signing::GateEvent&)> report;
};

/// Threads: the control thread.
class ArtifactWatcher final : private signing::GateEvents {
 public:
  ArtifactWatcher(WatcherSettings settings, std::unique_ptr<Source> source, std::unique_ptr<Source> fallback,
                  std::unique_ptr<AdmissionCaller> admission, const StateStore& store, net::EventLoop& loop,
                  const Clock& clock, WatcherHooks hooks);
  ~ArtifactWatcher() override;

  /// Loads the last-good copy, then polls for ever.
  void start();
  /// Polls at once, also when nothing seems to have changed. `settled` runs on the loop once what that brought is
  /// applied or refused, never inside this call.
  void poll_now(std::function<void()> settled = {});
  /// New keys, allowlist or floors, from the next decision on.
  void set_policy(signing::GatePolicy policy);
  /// Tokens and the like, from the next fetch on.
  void reconfigure(const config::Source& source, const config::Source& fallback);

  const std::optional<LastRefusal>& last_refusal() const { return last_refusal_; }
  /// What runs, with its evidence; null: nothing. Lifetime: until the loop goes on.
  const signing::Artifact* running() const { return running_ ? &**running_ : nullptr; }
  /// How long ago the source said that what runs is the newest.
  std::chrono::seconds since_confirmed() const {
    return std::chrono::duration_cast<std::chrono::seconds>(clock_.steady() - confirmed_at_);
  }
  /// Attempts that ended without a change since the last success.
  unsigned failures() const { return failures_; }
  /// About what runs, now.
  const std::set<signing::Alarm>& alarms() const { return alarms_; }

 private:
  void on_gate(const signing::GateEvent& event) override;

  void look_at_running();
  void set_alarms(std::set<signing::Alarm> alarms);
  void end_running(const signing::Refusal& why);
  std::expected<void, std::string> keep_state(std::set<signing::Alarm>& alarms);
  /// Whether `statement` is, byte for byte, that of what runs: standing() judges it, not the gate.
  bool runs(const std::string& statement) const { return running_ && statement == (*running_)->jws; }
  std::chrono::milliseconds patience() const;

  void poll();
  void try_source(Source& source);
  void got_statement(ArtifactSource& source, Fetched statement);
  void got_artifact(ArtifactSource& source, const std::string& statement, Fetched artifact);
  void got_body(BodySource& source, BodySource::FetchedBody fetched);
  void examined(const Source& source, signing::Examination examination);
  void review(signing::PendingReview pending);
  void judged(const signing::ReviewRequest& request, const signing::Admission& admission);
  void apply(signing::Verified<signing::Artifact> artifact);
  void fetch_failed(Source& source, const signing::Refusal& refusal);
  bool may_fall_back() const;
  void report(const signing::Refusal& refusal, signing::SourceKind source);
  bool known_refused(const std::string& digest);
  void remember_refused(const signing::Refusal& refusal);
  void finish(bool failed);
  void schedule(std::chrono::milliseconds delay);

  // A writer may replace statement and artifact one after the other: a mismatch in files is looked at again until it
  // has lasted this long.
  static constexpr std::chrono::milliseconds kTornFilesGrace{2'000};
  static constexpr std::chrono::milliseconds kTornFilesRetry{200};
  static constexpr size_t kRefusedKept = 16;

  WatcherSettings settings_;
  std::unique_ptr<Source> source_, fallback_;
  std::unique_ptr<AdmissionCaller> admission_;
  const StateStore& store_;
  net::EventLoop& loop_;
  const Clock& clock_;
  WatcherHooks hooks_;
  signing::Gate gate_;
  signing::GateState state_;
  std::optional<signing::Verified<signing::Artifact>> running_;
  bool saved_ = false;  ///< what runs, and its floor
  std::set<signing::Alarm> alarms_;
  SteadyTime confirmed_at_;  ///< when the source last said that what runs is the newest
  std::unique_ptr<net::Timer> timer_;
  bool busy_ = false;
  bool again_ = false;
  bool forced_ = true;
  unsigned failures_ = 0;
  std::string version_;           // that Cosmo's CDN knows what runs by
  std::string running_body_;      // digest of what runs with its signature, where that is a body of Cosmo's
  std::string statement_digest_;  // of what is looked at now; empty: nothing has come yet
  std::string reported_digest_;   // of what was refused last
  std::string examined_digest_;   // of statement and artifact together
  /// What is not looked at again: by the digest of a statement, of statement and artifact, or of body and signature.
  std::deque<std::pair<std::string, LastRefusal>> refused_;
  std::optional<SteadyTime> torn_since_;
  std::optional<SteadyTime> retry_at_;
  std::string judged_;  // the digest and what the webhook said of it last
  bool hold_reports_ = false;
  std::optional<LastRefusal> last_refusal_;
  std::vector<std::function<void()>> settled_;  // wait for the end of this poll
};

}  // namespace signet::app
