// signet admission: the admission webhook as a server, and approval offline.
#include <fmt/format.h>

#include "router/app/admission_process.hpp"
#include "router/app/files.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
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
  if (loaded) return {std::move(*loaded), kOk};
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

int admission_approve(const ApproveOptions& options) {
  auto loaded = load_policy(options.policy_file);
  if (!loaded.file) return loaded.exit_code;
  auto policy = app::make_server_policy(*loaded.file);
  if (!policy) {
    complain(policy.error());
    return kEnvironment;
  }
  if (!policy->approve_key) {
    complain(options.policy_file + ": approve.key_file is missing; approving needs an Ed25519 private key");
    return kWrong;
  }
  const std::string statement_file =
      options.statement_file.empty() ? options.artifact_file + ".jws" : options.statement_file;
  auto artifact = read_input(options.artifact_file);
  auto statement = read_input(statement_file);
  if (!artifact || !statement) return kEnvironment;
  std::optional<signing::Refusal> refusal;
  for (const admission::AdmissionGraph& graph : policy->graphs) {
    auto approved =
        admission::approve_offline(*statement, *artifact, graph, *policy->approve_key, SystemClock().wall());
    if (approved) {
      if (!write_output(statement_file, *approved)) return kEnvironment;
      fmt::print("approved {} {} by {}\n", graph.trust.graph, graph.trust.environment, policy->approve_key->kid);
      return kOk;
    }
    // Say why for the graph that the statement is about, rather than that it is about another one.
    const bool other = approved.error().reason == signing::Reason::wrong_graph ||
                       approved.error().reason == signing::Reason::wrong_environment;
    if (!refusal || !other) refusal = approved.error();
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
