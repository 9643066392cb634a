// signet admission: the admission webhook as a server, and approval and explanation offline.
#include <fmt/format.h>

#include "router/app/admission_process.hpp"
#include "router/app/admission_setup.hpp"
#include "router/app/files.hpp"
#include "router/app/process_limits.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/json/writer.hpp"
#include "signing/admission/approval.hpp"

namespace signet::cli {
namespace {

constexpr uint64_t kPolicyBytesMax = 4u << 20;

struct LoadedPolicy {
  std::optional<config::AdmissionPolicyFile> file;
  int exit_code = kOk;
};

LoadedPolicy load_policy(const std::string& name) {
  auto text = read_input(name);
  if (!text) return {std::nullopt, kEnvironment};
  auto loaded = config::load_admission_policy({name, std::move(*text)}, config::process_substitution_sources());
  if (loaded) {
    for (const config::Diagnostic& warning : loaded->warnings) {
      fmt::print(stderr, "warning: {}\n", config::render(warning));
    }
    return {std::move(*loaded), kOk};
  }
  fmt::print(stderr, "{}", render_all(loaded.error()));
  return {std::nullopt, kWrong};
}

}  // namespace

int check_policy(const std::string& file) {
  auto loaded = load_policy(file);
  if (!loaded.file) return loaded.exit_code;
  auto policy = app::make_server_policy(*loaded.file);
  if (policy) return kOk;
  complain(file + ": " + policy.error());
  return kWrong;
}

int admission_serve(const AdmissionServeOptions& options) {
  app::ignore_hangups();
  auto policy = load_policy(options.policy_file);
  if (!policy.file) return policy.exit_code;
  return app::run_admission(
      *policy.file, [name = options.policy_file] -> std::expected<config::AdmissionPolicyFile, std::string> {
        auto text = app::read_file(name, kPolicyBytesMax);
        if (!text) return std::unexpected(text.error());
        auto loaded = config::load_admission_policy({name, std::move(*text)}, config::process_substitution_sources());
        if (loaded) return std::move(*loaded);
        return std::unexpected(render_all(loaded.error()));
      });
}

namespace {

struct Case {
  admission::ServerPolicy policy;
  std::string artifact, statement;
  std::optional<std::string> previous;
  std::string statement_file;

  admission::OfflineCase about() const { return {statement, artifact, previous ? &*previous : nullptr}; }
};

// Errors: the exit code; the problem went to standard error.
std::expected<Case, int> read_case(const ApproveOptions& options) {
  auto loaded = load_policy(options.policy_file);
  if (!loaded.file) return std::unexpected(loaded.exit_code);
  auto policy = app::make_server_policy(*loaded.file);
  if (!policy) {
    complain(policy.error());
    return std::unexpected(kEnvironment);
  }
  Case made{.policy = std::move(*policy), .artifact = {}, .statement = {}, .previous = {}, .statement_file = {}};
  made.statement_file = options.statement_file.empty() ? options.artifact_file + ".jws" : options.statement_file;
  auto artifact = read_input(options.artifact_file);
  auto statement = read_input(made.statement_file);
  if (!options.previous_file.empty()) made.previous = read_input(options.previous_file);
  if (!artifact || !statement || (!options.previous_file.empty() && !made.previous)) {
    return std::unexpected(kEnvironment);
  }
  made.artifact = std::move(*artifact);
  made.statement = std::move(*statement);
  return made;
}

// A statement about another graph is nothing to dwell on, as long as there is one that it is about.
bool is_about_another(const signing::Refusal& refusal) {
  return refusal.reason == signing::Reason::wrong_graph || refusal.reason == signing::Reason::wrong_environment;
}

void print_rules(const admission::PolicyVerdict& verdict, const admission::AdmissionGraph& graph, bool json) {
  if (!json) {
    fmt::print("graph {} in {}\n", graph.trust.graph, graph.trust.environment);
    for (const admission::RuleResult& rule : verdict.rules) {
      fmt::print("{}  {:<16} {}\n", rule.passed ? "pass" : "FAIL", rule.rule, rule.why);
    }
    fmt::print("{}\n", verdict.allowed ? "would be approved" : "would not be approved");
    return;
  }
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("graph").value(graph.trust.graph).key("environment").value(graph.trust.environment);
  writer.key("allowed").value(verdict.allowed).key("rules").begin_array();
  for (const admission::RuleResult& rule : verdict.rules) {
    writer.begin_object().key("rule").value(rule.rule).key("passed").value(rule.passed).key("why").value(rule.why);
    writer.end_object();
  }
  writer.end_array().end_object();
  fmt::print("{}\n", out);
}

// Of a statement that was verified.
std::string_view kind_of(const std::string& jws) {
  const auto parsed = signing::parse_jws(jws);
  const auto statement = parsed ? signing::parse_statement(parsed->payload) : std::unexpected(parsed.error());
  return statement ? signing::to_text(statement->artifact) : "";
}

}  // namespace

int admission_explain(const ApproveOptions& options) {
  const auto about = read_case(options);
  if (!about) return about.error();
  const admission::AdmissionGraph* shown = nullptr;
  admission::OfflineReview review;
  for (const admission::AdmissionGraph& graph : about->policy.graphs) {
    if (shown != nullptr && !(review.refusal && is_about_another(*review.refusal))) break;
    review = admission::review_offline(about->about(), graph, SystemClock().wall());
    shown = &graph;
  }
  if (shown == nullptr) return kWrong;  // the policy's schema asks for at least one graph
  print_rules(review.verdict, *shown, options.json);
  return review.verdict.allowed ? kOk : kWrong;
}

int admission_approve(const ApproveOptions& options) {
  const auto about = read_case(options);
  if (!about) return about.error();
  const auto& key = about->policy.approve_key;
  if (!key) {
    complain(options.policy_file + ": approve.key_file is missing; approving needs an Ed25519 private key");
    return kWrong;
  }
  std::optional<signing::Refusal> refusal;
  for (const admission::AdmissionGraph& graph : about->policy.graphs) {
    auto approved = admission::approve_offline(about->about(), graph, *key, SystemClock().wall());
    if (approved) {
      if (!write_output(about->statement_file, *approved)) return kEnvironment;
      const auto kind = kind_of(about->statement);
      fmt::print("approved {} of {} {} by {}\n", kind, graph.trust.graph, graph.trust.environment, key->kid);
      return kOk;
    }
    if (!refusal || !is_about_another(approved.error())) refusal = approved.error();
  }
  if (!refusal) {
    complain(options.policy_file + ": no graph is listed");
    return kWrong;
  }
  const signing::ReasonInfo& reason = signing::info(refusal->reason);
  fmt::print(stderr, "not approved: {}: {}\n  {}\n  {}\n", reason.code, reason.title, refusal->detail,
             reason.what_to_do);
  return kWrong;
}

}  // namespace signet::cli
