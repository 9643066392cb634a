#include "router/app/status_page.hpp"

#include <algorithm>

#include "router/app/version.hpp"
#include "router/base/units.hpp"

namespace signet::app {
namespace {

int64_t seconds_between(WallTime from, WallTime to) {
  return std::chrono::duration_cast<std::chrono::seconds>(to - from).count();
}

// Who approved, and whether that was part of the statement or the webhook's answer. Cosmo's one signature is both.
void write_approval(json::Writer& writer, const signing::Artifact& artifact) {
  const bool by_release = artifact.body_signature.has_value();
  const std::string_view how = by_release ? "body_signature" : artifact.verdict ? "webhook" : "offline";
  writer.begin_object().key("how").value(artifact.approved ? how : "none");
  writer.key("by").begin_array();
  for (const signing::Signer& signer : artifact.signers) {
    if (signer.role == signing::Role::approve || by_release) writer.value(signer.kid);
  }
  writer.end_array().end_object();
}

// Members of the open object.
void write_evidence(json::Writer& writer, const signing::Artifact& artifact, WallTime now) {
  const signing::Statement& statement = artifact.statement;
  writer.key("serial").value(statement.serial).key("sha256").value(statement.sha256);
  writer.key("issued").value(format_timestamp(statement.issued));
  writer.key("age_seconds").value(seconds_between(statement.issued, now));
  writer.key("expires");
  if (statement.ever_expires()) {
    writer.value(format_timestamp(statement.expires));
    writer.key("expires_in_seconds").value(seconds_between(now, statement.expires));
  } else {
    writer.null();
  }
  writer.key("expired").value(now > statement.expires);
  writer.key("source").value(signing::to_text(artifact.source));
  writer.key("approved").value(artifact.approved);
  if (const auto& waived = artifact.waived) {
    writer.key("unapproved_because").begin_object().key("reason").value(signing::info(waived->reason).code);
    writer.key("detail").value(waived->detail).end_object();
  }
  writer.key("signers").begin_array();
  for (const signing::Signer& signer : artifact.signers) {
    writer.begin_object().key("kid").value(signer.kid).key("role").value(signing::to_text(signer.role)).end_object();
  }
  writer.end_array().key("approval");
  write_approval(writer, artifact);
}

const ArtifactWatcher* watcher_of(const ProcessState& state, std::string_view kind) {
  const auto found = std::ranges::find(state.watchers, kind, [](const auto& each) { return each.first; });
  return found == state.watchers.end() ? nullptr : found->second;
}

void write_source(json::Writer& writer, const ArtifactWatcher* watcher) {
  if (watcher == nullptr) return;
  writer.key("confirmed_seconds_ago").value(watcher->since_confirmed().count());
  writer.key("failed_polls").value(watcher->failures());
}

// Null where nothing asks for a signed one.
void write_configuration(json::Writer& writer, const ProcessState& state, WallTime now) {
  if (!state.config_artifact) {
    writer.null();
    return;
  }
  writer.begin_object();
  write_evidence(writer, **state.config_artifact, now);
  writer.end_object();
}

void write_refused_reload(json::Writer& writer, const ProcessState& state) {
  if (!state.refused_reload) {
    writer.null();
    return;
  }
  writer.begin_object().key("at").value(format_timestamp(state.refused_reload->at));
  writer.key("error").value(state.refused_reload->error);
  writer.key("what_to_do")
      .value("mend the files and reload, or a restart will fail in the same way: signet check tells beforehand");
  writer.end_object();
}

void write_graph(json::Writer& writer, const ProcessState& state, WallTime now) {
  if (state.snapshot->graph == nullptr) {
    writer.null();
    return;
  }
  const signing::Artifact& artifact = state.snapshot->graph->artifact;
  writer.begin_object().key("name").value(artifact.statement.graph);
  writer.key("environment").value(artifact.statement.environment);
  write_evidence(writer, artifact, now);
  write_source(writer, watcher_of(state, "graph"));
  writer.key("subgraphs").begin_array();
  for (const signing::Subgraph& subgraph : artifact.subgraphs) {
    writer.begin_object().key("name").value(subgraph.name).key("url").value(subgraph.url).end_object();
  }
  writer.end_array().end_object();
}

void write_operations(json::Writer& writer, const ProcessState& state, WallTime now) {
  const ArtifactWatcher* watcher = watcher_of(state, "operations");
  if (state.snapshot->operations == nullptr || watcher == nullptr) {
    writer.null();
    return;
  }
  writer.begin_object().key("count").value(state.snapshot->operations->size());
  if (const signing::Artifact* artifact = watcher->running()) write_evidence(writer, *artifact, now);
  write_source(writer, watcher);
  writer.end_object();
}

void write_keys(json::Writer& writer, const config::Trust& trust, WallTime now) {
  writer.begin_array();
  for (const config::TrustKey& key : trust.keys) {
    writer.begin_object().key("kid").value(key.kid);
    writer.key("role").value(key.role == config::KeyRole::release ? "release" : "approve");
    if (key.format == config::KeyFormat::cosmo) writer.key("format").value("cosmo");
    writer.key("revoked").value(std::ranges::find(trust.revoked, key.kid) != trust.revoked.end());
    if (key.not_after) {
      writer.key("not_after").value(format_timestamp(*key.not_after));
      writer.key("expires_in_seconds").value(seconds_between(now, *key.not_after));
    }
    writer.end_object();
  }
  writer.end_array();
}

void write_posture(json::Writer& writer, const std::vector<config::Weakness>& posture) {
  writer.begin_array();
  for (const config::Weakness& weakness : posture) {
    writer.begin_object().key("code").value(weakness.code).key("path").value(weakness.path);
    writer.key("message").value(weakness.message).end_object();
  }
  writer.end_array();
}

void write_alarms(json::Writer& writer, const ProcessState& state) {
  writer.begin_object();
  for (const auto& [kind, watcher] : state.watchers) {
    writer.key(kind).begin_array();
    for (const signing::Alarm alarm : watcher->alarms()) {
      writer.begin_object().key("alarm").value(signing::to_text(alarm));
      writer.key("what_to_do").value(signing::what_to_do(alarm)).end_object();
    }
    writer.end_array();
  }
  writer.end_object();
}

void write_refusals(json::Writer& writer, const ProcessState& state) {
  writer.begin_object();
  for (const auto& [kind, watcher] : state.watchers) {
    writer.key(kind);
    if (watcher->last_refusal()) {
      write_refusal(writer, *watcher->last_refusal());
    } else {
      writer.null();
    }
  }
  writer.end_object();
}

}  // namespace

void write_admission(json::Writer& writer, const ProcessState& state) {
  const config::Admission& admission = state.snapshot->settings->config.admission;
  if (admission.unsafe_audit_only) {
    writer.key("admission").value("unsafe_audit_only");
  } else if (admission.unsafe_ignore_failures) {
    writer.key("admission").value("unsafe_ignore_failures");
  }
  const config::Trust& trust = state.snapshot->settings->config.trust;
  const bool in_use = !state.snapshot->settings->development;
  if (in_use && trust.unsafe_compat == config::UnsafeCompat::cosmo) writer.key("trust").value("unsafe_compat: cosmo");
}

std::string ProcessState::not_ready(WallTime now) const {
  if (draining) return "the router is shutting down";
  if (snapshot->ready()) {
    const bool stale = now > snapshot->graph->artifact.statement.expires;
    const bool matters = snapshot->settings->config.on_stale == config::OnStale::not_ready;
    return stale && matters ? "the graph is past its expiry" : "";
  }
  std::string why =
      snapshot->graph == nullptr ? "no graph has passed the gate yet" : "no operation manifest has passed the gate yet";
  for (const auto& [kind, watcher] : watchers) {
    if (watcher->last_refusal()) {
      why +=
          "; last refusal of " + kind + ": " + std::string(signing::info(watcher->last_refusal()->refusal.reason).code);
    }
  }
  return why;
}

void write_refusal(json::Writer& writer, const LastRefusal& last) {
  const signing::ReasonInfo& reason = signing::info(last.refusal.reason);
  writer.begin_object().key("reason").value(reason.code).key("at").value(format_timestamp(last.at));
  writer.key("title").value(reason.title).key("detail").value(last.refusal.detail);
  writer.key("what_to_do").value(reason.what_to_do).end_object();
}

std::string status_page(const ProcessState& state, WallTime now) {
  std::string body;
  json::Writer writer(body);
  const std::string not_ready = state.not_ready(now);
  const Settings& settings = *state.snapshot->settings;
  writer.begin_object().key("version").value(kVersion).key("started").value(format_timestamp(state.started));
  writer.key("up_seconds").value(seconds_between(state.started, now));
  writer.key("workers").value(state.workers).key("development").value(settings.development);
  writer.key("ready").value(not_ready.empty());
  if (!not_ready.empty()) writer.key("not_ready_because").value(not_ready);
  write_admission(writer, state);
  writer.key("configuration");
  write_configuration(writer, state, now);
  writer.key("refused_reload");
  write_refused_reload(writer, state);
  writer.key("graph");
  write_graph(writer, state, now);
  writer.key("operations");
  write_operations(writer, state, now);
  writer.key("alarms");
  write_alarms(writer, state);
  writer.key("last_refusal");
  write_refusals(writer, state);
  writer.key("keys");
  write_keys(writer, settings.config.trust, now);
  writer.key("posture");
  write_posture(writer, state.posture);
  if (state.certificates != nullptr) {
    writer.key("tls");
    state.certificates->write_status(writer);
  }
  if (state.secrets != nullptr) {
    writer.key("secrets");
    state.secrets->write_status(writer);
  }
  writer.end_object();
  return body;
}

}  // namespace signet::app
