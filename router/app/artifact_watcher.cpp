#include "router/app/artifact_watcher.hpp"

#include <algorithm>

#include "router/base/utf8.hpp"

namespace signet::app {

using signing::Alarm;
using signing::Artifact;
using signing::Reason;
using signing::Refusal;
using signing::Verified;
using std::chrono::milliseconds;

namespace {

uint64_t random_number() {
  uint64_t number = 0;
  crypto::random_bytes({reinterpret_cast<uint8_t*>(&number), sizeof number});
  return number;
}

// Worth another try with the very same bytes: the webhook may change its mind, and the clock be set right.
bool transient(Reason reason) {
  return reason == Reason::expired || reason == Reason::fast_forward || reason == Reason::key_not_valid ||
         reason == Reason::admission_unreachable || reason == Reason::admission_timeout ||
         reason == Reason::admission_malformed || reason == Reason::admission_unauthorized ||
         reason == Reason::admission_denied || reason == Reason::superseded;
}

constexpr size_t kBuildProblemsBytesMax = 8192;  // they stand in the log and on the status page

// The source could not be heard, as opposed to: it said something that is not wanted.
bool unheard(Reason reason) {
  return reason == Reason::fetch_failed || reason == Reason::fetch_timeout || reason == Reason::fetch_truncated ||
         reason == Reason::fetch_tls || reason == Reason::fetch_unavailable;
}

// Of a body with what came beside it.
std::string digest_of(const std::string& body, const signing::BodySignature& signature) {
  std::string text = crypto::sha256_hex(body);
  for (const std::string& value : signature.values) text += "\n" + value;
  return crypto::sha256_hex(text);
}

bool of_another_artifact(Reason reason) {
  return reason == Reason::digest_mismatch || reason == Reason::size_mismatch;
}

}  // namespace

ArtifactWatcher::ArtifactWatcher(WatcherSettings settings, std::unique_ptr<Source> source,
                                 std::unique_ptr<Source> fallback, std::unique_ptr<AdmissionCaller> admission,
                                 const StateStore& store, net::EventLoop& loop, const Clock& clock, WatcherHooks hooks)
    : settings_(std::move(settings)),
      source_(std::move(source)),
      fallback_(std::move(fallback)),
      admission_(std::move(admission)),
      store_(store),
      loop_(loop),
      clock_(clock),
      hooks_(std::move(hooks)),
      gate_(settings_.policy, clock, *this),
      confirmed_at_(clock.steady()) {}

ArtifactWatcher::~ArtifactWatcher() = default;

void ArtifactWatcher::start() {
  std::string problem;
  const signing::ArtifactKind kind = settings_.policy.kind;
  if (const auto record = store_.load_state(kind, problem)) state_ = record->gate_state();
  const auto last_good = store_.load_last_good(kind, problem);
  if (!problem.empty()) report({Reason::state_corrupt, problem}, signing::SourceKind::last_good);
  busy_ = again_ = true;  // whatever comes of the copy, the source is asked at once
  if (!last_good) return finish(false);
  auto examination = gate_.examine(*last_good, state_);
  if (auto* verified = std::get_if<Verified<Artifact>>(&examination)) return apply(std::move(*verified));
  finish(false);  // refused or unapproved: the source decides
}

void ArtifactWatcher::set_policy(signing::GatePolicy policy) {
  settings_.policy = std::move(policy);
  gate_ = signing::Gate(settings_.policy, clock_, *this);
  if (admission_ && !settings_.policy.webhook_secrets.empty()) {
    admission_->set_secret(settings_.policy.webhook_secrets.front());
  }
  refused_.clear();
  look_at_running();
}

void ArtifactWatcher::reconfigure(const config::Source& source, const config::Source& fallback) {
  source_->reconfigure(source);
  if (fallback_) fallback_->reconfigure(fallback);
}

// --- what runs

void ArtifactWatcher::look_at_running() {
  if (!running_) return;
  const signing::Standing standing = gate_.standing(**running_);
  if (standing.ended) return end_running(*standing.ended);
  std::set<Alarm> alarms(standing.alarms.begin(), standing.alarms.end());
  if (clock_.steady() - confirmed_at_ > patience()) alarms.insert(Alarm::unconfirmed);
  const bool told = alarms_.contains(Alarm::state_lost);
  const auto kept = keep_state(alarms);
  set_alarms(std::move(alarms));
  if (!kept && !told) hooks_.not_saved(kept.error());
}

void ArtifactWatcher::set_alarms(std::set<Alarm> alarms) {
  const Artifact& running = **running_;
  signing::GateEvent event{.artifact = settings_.policy.kind,
                           .source = running.source,
                           .serial = running.statement.serial,
                           .sha256 = running.statement.sha256,
                           .signers = running.signers};
  const auto report_new = [&](signing::GateEventKind kind, const std::set<Alarm>& of, const std::set<Alarm>& known) {
    event.kind = kind;
    for (Alarm alarm : of) {
      if (known.contains(alarm)) continue;
      event.alarm = alarm;
      event.detail = {};
      if (alarm == Alarm::unapproved && running.waived) event.detail = running.waived->detail;
      hooks_.report(event);
    }
  };
  report_new(signing::GateEventKind::alarm, alarms, alarms_);
  report_new(signing::GateEventKind::alarm_ended, alarms_, alarms);
  alarms_ = std::move(alarms);
}

// The floor goes on where it is: what comes next must not be older.
void ArtifactWatcher::end_running(const Refusal& why) {
  const Artifact& ended = **running_;
  on_gate({.kind = signing::GateEventKind::refused,
           .artifact = settings_.policy.kind,
           .source = ended.source,
           .serial = ended.statement.serial,
           .sha256 = ended.statement.sha256,
           .signers = ended.signers,
           .reason = why.reason,
           .detail = why.detail});
  running_.reset();
  alarms_.clear();
  state_.running_sha256.clear();
  hooks_.drop();
}

// What could not be saved is tried again, and what is gone is written anew, from what runs.
std::expected<void, std::string> ArtifactWatcher::keep_state(std::set<Alarm>& alarms) {
  const bool lost = saved_ && !store_.holds(settings_.policy.kind);
  if (saved_ && !lost) return {};
  auto saved = store_.save(**running_, state_, clock_.wall());
  saved_ = saved.has_value();
  if (lost || !saved_) alarms.insert(Alarm::state_lost);
  return saved;
}

milliseconds ArtifactWatcher::patience() const {
  constexpr int kPolls = 10;
  return kPolls * (settings_.poll + settings_.jitter);
}

void ArtifactWatcher::poll_now(std::function<void()> settled) {
  if (settled) settled_.push_back(std::move(settled));
  forced_ = true;
  if (busy_) {
    again_ = true;
  } else {
    poll();
  }
}

void ArtifactWatcher::schedule(milliseconds delay) {
  timer_ = loop_.after(delay, [this] {
    if (!busy_) poll();  // else one was asked for meanwhile, which plans the next
  });
}

void ArtifactWatcher::poll() {
  look_at_running();
  const bool retry = retry_at_ && clock_.steady() >= *retry_at_;
  if (!forced_ && !retry && source_->watchable() && !source_->may_have_changed()) {
    if (failures_ == 0) confirmed_at_ = clock_.steady();
    return schedule(settings_.poll);
  }
  busy_ = true;
  forced_ = again_ = false;
  retry_at_.reset();
  try_source(*source_);
}

void ArtifactWatcher::try_source(Source& source) {
  statement_digest_.clear();
  if (auto* bodies = dynamic_cast<BodySource*>(&source)) {
    return bodies->fetch_body(running_ ? version_ : "", [this, bodies](BodySource::FetchedBody fetched) {
      got_body(*bodies, std::move(fetched));
    });
  }
  auto& artifacts = dynamic_cast<ArtifactSource&>(source);
  artifacts.fetch_statement([this, &artifacts](Fetched statement) { got_statement(artifacts, std::move(statement)); });
}

void ArtifactWatcher::fetch_failed(Source& source, const Refusal& refusal) {
  report(refusal, source.kind());
  if (&source == source_.get() && unheard(refusal.reason) && may_fall_back()) return try_source(*fallback_);
  finish(true);
}

// Bodies of Cosmo's have no order: one that a fallback brings may be older than what runs, and what it would displace
// could not come back. There a fallback is for having anything at all.
bool ArtifactWatcher::may_fall_back() const {
  return fallback_ && (!running_ || (source_->ordered() && fallback_->ordered()));
}

void ArtifactWatcher::got_statement(ArtifactSource& source, Fetched statement) {
  if (!statement) return fetch_failed(source, statement.error());
  bool same = runs(*statement);
  std::string sha256 = state_.running_sha256;
  if (!same) {
    statement_digest_ = crypto::sha256_hex(*statement);
    if (known_refused(statement_digest_)) return finish(true);
    const auto wanted = gate_.wanted(*statement, source.kind(), state_);
    if (const auto* refusal = std::get_if<Refusal>(&wanted)) {
      remember_refused(*refusal);
      return finish(true);
    }
    same = std::holds_alternative<signing::NoChange>(wanted);
    if (!same) sha256 = std::get<signing::Wanted>(wanted).statement.sha256;
  }
  // A file beside the statement of what runs may have been altered all the same.
  if (same && !source.watchable()) return finish(false);
  source.fetch_artifact(sha256, [this, &source, text = std::move(*statement)](Fetched artifact) {
    got_artifact(source, text, std::move(artifact));
  });
}

void ArtifactWatcher::got_artifact(ArtifactSource& source, const std::string& statement, Fetched artifact) {
  if (!artifact) return fetch_failed(source, artifact.error());
  if (runs(statement) && *artifact == *(*running_)->stored) {
    torn_since_.reset();
    return finish(false);
  }
  examined_digest_ = crypto::sha256_hex(statement + crypto::sha256_hex(*artifact));
  if (known_refused(examined_digest_)) return finish(true);
  signing::Candidate candidate{.statement = statement,
                               .artifact = std::make_shared<const std::string>(std::move(*artifact)),
                               .source = source.kind(),
                               .verdict = std::nullopt};
  const bool torn = torn_since_ && clock_.steady() - *torn_since_ >= kTornFilesGrace;
  hold_reports_ = source.kind() == signing::SourceKind::file && !torn;
  auto examination = gate_.examine(candidate, state_);
  hold_reports_ = false;
  examined(source, std::move(examination));
}

// What is refused is fetched again with every poll, as its CDN knows nothing of that; it is not examined again.
void ArtifactWatcher::got_body(BodySource& source, BodySource::FetchedBody fetched) {
  if (!fetched) return fetch_failed(source, fetched.error());
  if (!*fetched) return finish(false);
  auto [body, signature] = std::move(**fetched);
  statement_digest_ = digest_of(body, signature);
  if (running_ && statement_digest_ == running_body_) return finish(false);
  if (known_refused(statement_digest_)) return finish(true);
  examined(source, gate_.examine({.statement = {},
                                  .body_signature = std::move(signature),
                                  .artifact = std::make_shared<const std::string>(std::move(body)),
                                  .source = source.kind(),
                                  .verdict = std::nullopt},
                                 state_));
}

void ArtifactWatcher::examined(const Source& source, signing::Examination examination) {
  if (auto* refusal = std::get_if<Refusal>(&examination)) {
    if (of_another_artifact(refusal->reason) && source.kind() == signing::SourceKind::file) {
      if (!torn_since_) torn_since_ = clock_.steady();
      if (clock_.steady() - *torn_since_ < kTornFilesGrace) {
        busy_ = false;
        forced_ = true;
        return schedule(kTornFilesRetry);
      }
    }
    torn_since_.reset();
    remember_refused(*refusal);
    return finish(true);
  }
  torn_since_.reset();
  if (auto* verified = std::get_if<Verified<Artifact>>(&examination)) return apply(std::move(*verified));
  if (auto* pending = std::get_if<signing::PendingReview>(&examination)) return review(std::move(*pending));
  finish(false);
}

void ArtifactWatcher::review(signing::PendingReview pending) {
  const signing::ReviewRequest request = pending.request();
  auto held = std::make_shared<signing::PendingReview>(std::move(pending));
  admission_->ask(request, [this, held, request](const signing::Verification<signing::StoredVerdict>& answer) {
    auto admission = answer ? gate_.admit(std::move(*held), *answer, state_)
                            : gate_.admit_without_answer(std::move(*held), answer.error(), state_);
    if (answer) judged(request, admission);
    if (auto* verified = std::get_if<Verified<Artifact>>(&admission)) return apply(std::move(*verified));
    remember_refused(std::get<Refusal>(admission));
    finish(true);
  });
}

// A denial that is repeated is asked for again and again, and told once.
void ArtifactWatcher::judged(const signing::ReviewRequest& request, const signing::Admission& admission) {
  AdmissionVerdict verdict{.artifact = request.statement.artifact,
                           .serial = request.statement.serial,
                           .sha256 = request.statement.sha256,
                           .uid = request.uid,
                           .approved_by = {},
                           .reason = {}};
  if (const auto* verified = std::get_if<Verified<Artifact>>(&admission)) {
    for (const signing::Signer& signer : (*verified)->signers) {
      if (std::ranges::find(request.signed_by, signer) == request.signed_by.end()) verdict.approved_by = signer.kid;
    }
    if (const auto& waived = (*verified)->waived) verdict.reason = signing::info(waived->reason).code;
  } else {
    verdict.reason = signing::info(std::get<Refusal>(admission).reason).code;
  }
  std::string told = verdict.sha256 + verdict.approved_by + verdict.reason;
  if (told == judged_) return;
  judged_ = std::move(told);
  hooks_.judged(verdict);
}

void ArtifactWatcher::apply(Verified<Artifact> artifact) {
  const auto kept = std::make_shared<Verified<Artifact>>(artifact);
  const auto withdrawn = std::make_shared<std::optional<Refusal>>();
  // Building, warming up and waiting for the swap take their time, and policies change meanwhile.
  auto confirm = [this, kept, withdrawn] -> std::expected<void, std::string> {
    auto good = gate_.confirm(**kept, state_);
    if (good) return {};
    *withdrawn = std::move(good).error();
    return std::unexpected((*withdrawn)->detail);
  };
  hooks_.apply(std::move(artifact), confirm, [this, kept, withdrawn](const std::expected<void, std::string>& applied) {
    const Artifact& now = **kept;
    if (*withdrawn) {
      remember_refused(**withdrawn);
      return finish(true);
    }
    if (!applied) {
      const Refusal refusal{Reason::build, shortened(applied.error(), kBuildProblemsBytesMax)};
      report(refusal, now.source);
      remember_refused(refusal);
      return finish(true);
    }
    hooks_.report({.kind = signing::GateEventKind::accepted,
                   .artifact = now.statement.artifact,
                   .source = now.source,
                   .serial = now.statement.serial,
                   .sha256 = now.statement.sha256,
                   .signers = now.signers});
    state_ = gate_.after(state_, now);
    running_ = *kept;
    version_ = now.body_signature ? signing::cosmo_version(*now.text) : "";
    running_body_ = now.body_signature ? digest_of(*now.stored, *now.body_signature) : "";
    saved_ = false;
    finish(false);
    look_at_running();
  });
}

void ArtifactWatcher::finish(bool failed) {
  busy_ = false;
  failures_ = failed ? failures_ + 1 : 0;
  if (!failed) confirmed_at_ = clock_.steady();
  if (again_) {
    loop_.post([this] {
      if (!busy_) poll();
    });
    return;
  }
  milliseconds delay = settings_.poll;
  if (settings_.jitter.count() > 0) {
    delay += milliseconds(random_number() % static_cast<uint64_t>(settings_.jitter.count() + 1));
  }
  if (failed) {
    const milliseconds backoff =
        std::clamp(admission::retry_delay(failures_ - 1, random_number()), delay, std::max(delay, patience()));
    if (source_->watchable()) {
      retry_at_ = clock_.steady() + backoff;
    } else {
      delay = backoff;
    }
  }
  schedule(delay);
  for (auto& settled : std::exchange(settled_, {})) loop_.post(std::move(settled));
}

// True: it is refused as before, and nothing needs to be told again.
bool ArtifactWatcher::known_refused(const std::string& digest) {
  const auto known = std::ranges::find(refused_, digest, &std::pair<std::string, LastRefusal>::first);
  if (known == refused_.end()) return false;
  last_refusal_ = known->second;
  return true;
}

// A statement fixes its artifact: other bytes under it may still be the right ones, but the right ones never change.
void ArtifactWatcher::remember_refused(const Refusal& refusal) {
  const bool by_statement = !statement_digest_.empty() && !of_another_artifact(refusal.reason);
  const std::string& digest = by_statement ? statement_digest_ : examined_digest_;
  if (transient(refusal.reason) || digest.empty()) return;
  if (refused_.size() >= kRefusedKept) refused_.pop_front();
  refused_.emplace_back(digest, LastRefusal{refusal, clock_.wall()});
}

void ArtifactWatcher::report(const Refusal& refusal, signing::SourceKind source) {
  on_gate({.kind = signing::GateEventKind::refused,
           .artifact = settings_.policy.kind,
           .source = source,
           .sha256 = {},
           .signers = {},
           .reason = refusal.reason,
           .alarm = std::nullopt,
           .detail = refusal.detail});
}

void ArtifactWatcher::on_gate(const signing::GateEvent& event) {
  if (hold_reports_ && event.reason && of_another_artifact(*event.reason)) return;
  if (event.kind == signing::GateEventKind::accepted) return;  // reported once it is applied
  // What lasts is reported while it runs.
  if (event.kind == signing::GateEventKind::alarm && event.alarm != Alarm::first_use) return;
  if (event.reason) {
    // What stays as it was, a webhook that is down say, is one event until it recovers or fails otherwise.
    const bool repeated = last_refusal_ && failures_ > 0 && last_refusal_->refusal.reason == *event.reason &&
                          last_refusal_->refusal.detail == event.detail && reported_digest_ == statement_digest_;
    reported_digest_ = statement_digest_;
    last_refusal_ = LastRefusal{{*event.reason, std::string(event.detail)}, clock_.wall()};
    if (repeated && transient(*event.reason)) return;
  }
  hooks_.report(event);
}

}  // namespace signet::app
