#include "router/app/reload.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/app/status_page.hpp"
#include "router/json/writer.hpp"

namespace signet::app {

using What = ArtifactOutcome::What;

namespace {

// One round of polls. Lives as long as somebody waits for it.
struct Round {
  struct Each {
    std::string kind;
    const ArtifactWatcher* watcher;
    std::string sha256_before;
    bool settled = false;
  };
  std::vector<Each> polled;
  std::function<void(std::vector<ArtifactOutcome>)> done;
  std::unique_ptr<net::Timer> timer;

  void end() {
    std::vector<ArtifactOutcome> outcomes;
    for (const Each& each : polled) outcomes.push_back(outcome_of(each));
    timer.reset();
    std::exchange(done, nullptr)(std::move(outcomes));
  }

  static ArtifactOutcome outcome_of(const Each& each) {
    ArtifactOutcome outcome{.kind = each.kind, .sha256 = {}, .refusal = std::nullopt};
    if (const signing::Artifact* running = each.watcher->running()) {
      outcome.serial = running->statement.serial;
      outcome.sha256 = running->statement.sha256;
    }
    if (!each.settled) return outcome;
    if (each.watcher->failures() > 0) {
      outcome.what = What::refused;
      outcome.refusal = each.watcher->last_refusal();
    } else {
      outcome.what = outcome.sha256 == each.sha256_before ? What::unchanged : What::changed;
    }
    return outcome;
  }
};

}  // namespace

std::string_view to_text(What what) {
  constexpr std::string_view kTexts[] = {"pending", "unchanged", "changed", "refused"};
  return kTexts[static_cast<size_t>(what)];
}

bool ReloadOutcome::refused() const {
  return !configuration_error.empty() || !tls_problems.empty() ||
         std::ranges::find(artifacts, What::refused, &ArtifactOutcome::what) != artifacts.end();
}

int ReloadOutcome::status() const {
  if (refused()) return 409;
  return std::ranges::find(artifacts, What::pending, &ArtifactOutcome::what) != artifacts.end() ? 202 : 200;
}

std::string ReloadOutcome::to_json() const {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("configuration").value(configuration_error.empty() ? "applied" : "refused");
  if (!configuration_error.empty()) writer.key("error").value(configuration_error);
  if (!tls_problems.empty()) writer.key("tls").value(fmt::format("{}", fmt::join(tls_problems, "; ")));
  for (const ArtifactOutcome& artifact : artifacts) {
    writer.key(artifact.kind).begin_object().key("outcome").value(to_text(artifact.what));
    if (artifact.serial > 0) writer.key("serial").value(artifact.serial).key("sha256").value(artifact.sha256);
    if (artifact.refusal) {
      writer.key("refusal");
      write_refusal(writer, *artifact.refusal);
    }
    writer.end_object();
  }
  writer.end_object();
  return body;
}

telemetry::EventFields ReloadOutcome::to_fields() const {
  telemetry::EventFields fields;
  if (!tls_problems.empty()) fields.emplace_back("tls", "refused");
  for (const ArtifactOutcome& artifact : artifacts) {
    std::string text(to_text(artifact.what));
    if (artifact.refusal) text += fmt::format(": {}", signing::info(artifact.refusal->refusal.reason).code);
    fields.emplace_back(artifact.kind, std::move(text));
  }
  return fields;
}

void poll_all(net::EventLoop& loop, const WatchedArtifacts& watchers, std::chrono::milliseconds time_max,
              std::function<void(std::vector<ArtifactOutcome>)> done) {
  auto round = std::make_shared<Round>();
  round->done = std::move(done);
  for (const auto& [kind, watcher] : watchers) {
    const signing::Artifact* running = watcher->running();
    round->polled.push_back({kind, watcher, running != nullptr ? running->statement.sha256 : ""});
  }
  round->timer = loop.after(time_max, [round] {
    if (round->done) round->end();
  });
  for (size_t i = 0; i < watchers.size(); ++i) {
    watchers[i].second->poll_now([round, i] {
      round->polled[i].settled = true;
      if (round->done && std::ranges::all_of(round->polled, &Round::Each::settled)) round->end();
    });
  }
}

}  // namespace signet::app
