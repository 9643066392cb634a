// The command line: what each command takes. The only file with CLI11.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/ranges.h>

#include "config-schema/validator.hpp"
#include "router/app/process_limits.hpp"
#include "router/app/version.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "signing/core/key.hpp"

namespace signet::cli {
namespace {

const CLI::Validator kPlainName(
    [](std::string& name) {
      return signing::is_plain_name(name) ? "" : "write 1 to 128 of A-Z a-z 0-9 . _ -, not starting with a dot";
    },
    "NAME");

void example(CLI::App* command, const std::string& text) {
  command->footer("Example:\n  " + text);
}

void add_config(CLI::App* command, std::vector<std::string>& files, bool required = true) {
  auto* option = command->add_option("-c,--config", files, "YAML file; later files override earlier ones");
  option->allow_extra_args(false);  // what follows its file is the next argument
  if (required) option->required();
}

void add_trusted_config(CLI::App* command, ConfigInput& input, bool required = true) {
  add_config(command, input.files, required);
  command->add_option("--trust-root", input.trust_root, "YAML file of what the configuration may only tighten");
}

void add_serve(CLI::App& app, int& result) {
  auto options = std::make_shared<ServeOptions>();
  auto* command = app.add_subcommand("serve", "Run the router");
  add_trusted_config(command, options->config);
  command->add_flag("--once-or-exit", options->once_or_exit, "Exit with 1 when the first attempt brings no graph");
  example(command, "signet serve -c /etc/signet/signet.yaml");
  command->callback([options, &result] { result = serve(*options); });
}

void add_dev(CLI::App& app, int& result) {
  auto options = std::make_shared<DevOptions>();
  auto* command = app.add_subcommand("dev", "Run a supergraph on loopback, signed with throw-away keys");
  command->add_option("--supergraph", options->supergraph_file, "Supergraph SDL")->required();
  command->add_option("--listen", options->listen, "Loopback address and port")->capture_default_str();
  add_config(command, options->config_files, false);
  example(command, "signet dev --supergraph supergraph.graphql --listen 127.0.0.1:4000");
  command->callback([options, &result] { result = dev(*options); });
}

void add_demo(CLI::App& app, int& result) {
  auto options = std::make_shared<DemoOptions>();
  auto* command = app.add_subcommand("demo", "Subgraphs, a signed graph and a router, on loopback and offline");
  command->add_option("--port", options->port, "Port of the router, or of the subgraphs when they are alone")
      ->capture_default_str();
  command->add_flag("--check", options->check, "Ask, tamper, verify that it is refused, stop: for CI");
  command->add_flag("--subgraphs-only", options->subgraphs_only, "Only the subgraphs");
  example(command, "signet demo");
  command->callback([options, &result] { result = demo(*options); });
}

void add_check(CLI::App& app, int& result) {
  auto options = std::make_shared<CheckOptions>();
  auto* command = app.add_subcommand("check", "Check configuration and supergraph; all errors at once");
  add_trusted_config(command, options->config, false);
  command->add_option("--supergraph", options->supergraph_file, "Supergraph SDL");
  command->add_option("--policy", options->policy_file, "Policy of the admission webhook");
  command->add_flag("--posture", options->posture,
                    "Also tell what is weaker than it could be; exit code 0 all the same");
  command->add_flag("--development", options->development, "The configuration is for signet dev");
  command->add_flag("--json", options->json, "The same as --output json");
  auto format = std::make_shared<std::string>("text");
  command->add_option("--output", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  example(command, "signet check -c signet.yaml --supergraph supergraph.graphql");
  command->callback([options, format, &result] {
    if (options->config.files.empty() && options->supergraph_file.empty() && options->policy_file.empty()) {
      throw CLI::RequiredError("--config, --supergraph or --policy");
    }
    if (options->posture && options->config.files.empty()) throw CLI::RequiredError("--config");
    options->json = options->json || *format == "json";
    result = check(*options);
  });
}

void add_plan(CLI::App& app, int& result) {
  auto options = std::make_shared<PlanOptions>();
  auto* command = app.add_subcommand("plan", "Show the query plan of an operation");
  command->add_option("--supergraph", options->supergraph_file, "Supergraph SDL")->required();
  command->add_option("--operation", options->operation_file, "Operation document; - for standard input")->required();
  command->add_option("--name", options->operation_name, "The operation of the document");
  command->add_option("--variables", options->variables, "Variables as JSON; they decide @skip and @include");
  command->add_flag("--documents", options->documents, "Show the GraphQL text of each request");
  command->add_option("--stage", options->stage, "What the planner has after one stage, or after each: all")
      ->check(CLI::IsMember({"operation", "positions", "states", "fetches", "selections", "requests", "all"}));
  command->add_flag("--json", options->json, "The plan as JSON, documents included; with --stage a line for each");
  example(command, "echo '{ me { name } }' | signet plan --supergraph supergraph.graphql --operation -");
  command->callback([options, &result] { result = plan(*options); });
}

void add_keygen(CLI::App& app, int& result) {
  auto options = std::make_shared<KeygenOptions>();
  auto* command = app.add_subcommand("keygen", "Make key files");
  command->add_option("type", options->type, "hmac, ed25519, webhook or derive")
      ->check(CLI::IsMember({"hmac", "ed25519", "webhook", "derive"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "File; standard output without it");
  command->add_option("--master", options->master_file, "derive: the master key file");
  command->add_option("--purpose", options->purpose, "derive: release, approve, webhook, push or audit");
  command->add_option("--graph", options->graph, "derive: the graph's name")->check(kPlainName);
  command->add_option("--environment", options->environment, "derive: the environment")->check(kPlainName);
  example(command, "signet keygen hmac --out release.key");
  command->callback([options, command, &result] {
    const bool derive = options->type == "derive";
    for (const char* name : {"--master", "--purpose", "--graph", "--environment"}) {
      if (derive != (command->get_option(name)->count() > 0)) {
        throw CLI::ValidationError(name, derive ? "derive needs it" : "only derive takes it");
      }
    }
    result = keygen(*options);
  });
}

void add_secrets(CLI::App& app, int& result) {
  auto* command = app.add_subcommand("secrets", "Sealed values of the configuration");
  command->require_subcommand(1);
  auto seal_options = std::make_shared<SealOptions>();
  auto* seal = command->add_subcommand("seal", "Seal standard input for one key of the configuration");
  seal->add_option("--master-key-file", seal_options->master_key_file, "As in secrets.master_key_file")->required();
  seal->add_option("--graph", seal_options->graph, "graph.name")->required()->check(kPlainName);
  seal->add_option("--environment", seal_options->environment, "graph.environment")->required()->check(kPlainName);
  seal->add_option("--key", seal_options->key, "Where the value will stand: graph.source.cdn.token")->required();
  example(seal,
          "signet secrets seal --master-key-file master.key --graph shop --environment production --key "
          "graph.source.cdn.token < token");
  seal->callback([seal_options, &result] { result = secrets_seal(*seal_options); });

  auto options = std::make_shared<RotateOptions>();
  auto* rotate = command->add_subcommand("rotate", "Seal the values of YAML files anew, under another master key");
  add_config(rotate, options->config_files);
  rotate->add_option("--from", options->from_file, "The master key that opens them now")->required();
  rotate->add_option("--to", options->to_file, "The master key that shall open them")->required();
  example(rotate, "signet secrets rotate -c signet.yaml --from master.key --to master-2.key");
  rotate->callback([options, &result] { result = secrets_rotate(*options); });
}

void add_sign(CLI::App& app, int& result) {
  auto options = std::make_shared<SignOptions>();
  auto* command = app.add_subcommand("sign", "Sign an artifact: a statement with a release signature beside it");
  command->add_option("artifact", options->artifact_file, "The artifact's file");
  command->add_option("--kind", options->kind, "graph (the default), operations or router");
  command->add_option("--graph", options->graph, "The graph's name")->check(kPlainName);
  command->add_option("--environment", options->environment, "The environment")->check(kPlainName);
  command->add_option("--kid", options->kid, "The key's id, as in trust.keys")->required()->check(kPlainName);
  command->add_option("--key", options->key_file, "HMAC secret or Ed25519 private key")->required();
  command->add_option("--out", options->statement_file, "The statement's file; default: ARTIFACT.jws");
  auto* previous = command->add_option("--previous", options->previous_file,
                                       "Statement to continue, or the sha256 of what is replaced; default: the newest\n"
                                       "statement at --out and in --cdn");
  auto* rollback = command->add_option("--rollback-to", options->rollback_to,
                                       "Sign an older artifact again, by its sha256; from ARTIFACT or from --cdn");
  command->add_flag("--unchecked", options->unchecked, "Also sign what a router could not load");
  auto* lifetime = command->add_option("--lifetime", options->lifetime, "How long it is valid")->capture_default_str();
  command->add_option("--add", options->add_file, "Add a signature to this statement instead of making a new one")
      ->excludes(previous)
      ->excludes(rollback)
      ->excludes(lifetime);
  command->add_option("--cdn", options->cdn_folder, "Also lay out statement.jws and artifacts/ in this folder");
  example(command, "signet sign graph.graphql --graph shop --environment production --kid 2026-11 --key release.key");
  command->callback([options, &result] {
    const bool anew = options->add_file.empty() && options->rollback_to.empty();
    if (anew && options->graph.empty()) throw CLI::RequiredError("--graph");
    if (anew && options->environment.empty()) throw CLI::RequiredError("--environment");
    const bool found = !options->add_file.empty() || (!options->rollback_to.empty() && !options->cdn_folder.empty());
    if (options->artifact_file.empty() && !found) throw CLI::RequiredError(anew ? "artifact" : "artifact or --cdn");
    result = sign(*options);
  });
}

void add_verify(CLI::App& app, int& result) {
  auto options = std::make_shared<VerifyOptions>();
  auto* command = app.add_subcommand("verify", "Run the gate's checks over a file, with the trust of a configuration");
  command->add_option("artifact", options->artifact_file, "The artifact's file")->required();
  command->add_option("--statement", options->statement_file, "The statement's file; default: ARTIFACT.jws");
  add_trusted_config(command, options->config);
  command->add_flag("--json", options->json, "Answer in JSON");
  example(command, "signet verify graph.graphql -c signet.yaml");
  command->callback([options, &result] { result = verify(*options); });

  auto file = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  auto* show = app.add_subcommand("inspect", "Show what a statement says, without judging it");
  show->add_option("statement", *file, "The statement's file")->required();
  show->add_flag("--json", *json, "The statement as JSON");
  example(show, "signet inspect graph.graphql.jws");
  show->callback([file, json, &result] { result = inspect(*file, *json); });
}

void add_admission(CLI::App& app, int& result) {
  auto serve_options = std::make_shared<AdmissionServeOptions>();
  auto* command = app.add_subcommand("admission", "The admission webhook");
  command->require_subcommand(1);
  auto* server = command->add_subcommand("serve", "Run the admission webhook");
  server->add_option("-p,--policy", serve_options->policy_file, "YAML policy")->required();
  example(server, "signet admission serve -p admission.yaml");
  server->callback([serve_options, &result] { result = admission_serve(*serve_options); });

  auto options = std::make_shared<ApproveOptions>();
  const auto add_files = [options](CLI::App* to) {
    to->add_option("artifact", options->artifact_file, "The artifact's file")->required();
    to->add_option("--statement", options->statement_file, "The statement's file; default: ARTIFACT.jws");
    to->add_option("--previous", options->previous_file, "The artifact that it replaces, where changes are forbidden");
  };
  auto* approve = command->add_subcommand("approve", "Add an approval to a statement, if the policy allows it");
  add_files(approve);
  approve->add_option("-p,--policy", options->policy_file, "YAML policy with the approve key")->required();
  auto explain_only = std::make_shared<bool>(false);
  approve->add_flag("--explain", *explain_only, "Show each rule instead, and approve nothing");
  example(approve, "signet admission approve graph.graphql -p admission.yaml");
  approve->callback([options, explain_only, &result] {
    result = *explain_only ? admission_explain(*options) : admission_approve(*options);
  });
  auto output = std::make_shared<std::string>("text");
  auto* explain_command = command->add_subcommand("explain", "Show each rule of the policy and whether it is kept");
  add_files(explain_command);
  explain_command->add_option("-p,--policy", options->policy_file, "YAML policy")->required();
  explain_command->add_option("--output", *output, "text or json")->check(CLI::IsMember({"text", "json"}));
  example(explain_command, "signet admission explain graph.graphql --previous old.graphql -p admission.yaml");
  explain_command->callback([options, output, &result] {
    options->json = *output == "json";
    result = admission_explain(*options);
  });
}

void add_audit_log(CLI::App* command, const std::shared_ptr<AuditOptions>& options) {
  command->add_option("--dir", options->folder, "Folder of the log: graph.state_dir")->required();
  command->add_option("--key", options->key_files, "Key that signed checkpoints: Ed25519 (public is enough) or HMAC");
  command->add_option("--kid", options->kids, "Its name, as in audit.kid; one for each --key");
  command->add_option("--anchor", options->anchor,
                      "RECORDS:HASH of an audit_checkpoint event that the log must contain");
  command->add_option("--unsigned-max", options->unsigned_max, "Records after the last checkpoint that are fine")
      ->capture_default_str();
}

void add_audit(CLI::App& app, int& result) {
  auto* command = app.add_subcommand("audit", "The audit log");
  command->require_subcommand(1);
  auto options = std::make_shared<AuditOptions>();
  auto format = std::make_shared<std::string>("text");
  auto* verify = command->add_subcommand(
      "verify", "Exit with 0 ok, 1 altered, 2 usage, 3 environment, 10 truncated, 11 gap, 12 unsigned tail");
  add_audit_log(verify, options);
  verify->add_option("--output", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  example(verify, "signet audit verify --dir /var/lib/signet --key audit.key.pub --kid audit-2026");
  verify->callback([options, format, &result] {
    options->json = *format == "json";
    result = audit_verify(*options);
  });

  auto exported = std::make_shared<AuditOptions>();
  auto* out = command->add_subcommand("export", "Print the records that verify, one JSON line each");
  add_audit_log(out, exported);
  out->add_option("--since", exported->since, "Only records from this time on, as 2026-11-25T10:00:00Z");
  out->add_option("--type", exported->type, "Only types that begin so, as gate.");
  example(out, "signet audit export --dir /var/lib/signet --type gate.refused");
  out->callback([exported, &result] { result = audit_export(*exported); });
}

void add_explain(CLI::App& app, int& result) {
  auto code = std::make_shared<std::string>();
  auto* command = app.add_subcommand("explain", "Explain what the router says");
  command->require_subcommand(1);
  auto* refusal = command->add_subcommand("refusal", "Why an artifact was refused, and what to do");
  refusal->add_option("code", *code, "The reason code of log, metric or status page")->required();
  example(refusal, "signet explain refusal rollback");
  refusal->callback([code, &result] { result = explain_refusal(*code); });
}

void add_config_command(CLI::App& app, int& result) {
  auto* command = app.add_subcommand("config", "The configuration's schema and values");
  command->require_subcommand(1);
  auto* schema = command->add_subcommand("schema", "Print the JSON Schema");
  auto of = std::make_shared<std::string>("configuration");
  schema->add_option("of", *of, "configuration, admission or trust-root")
      ->check(CLI::IsMember({"configuration", "admission", "trust-root"}))
      ->capture_default_str();
  example(schema, "signet config schema > signet.schema.json");
  schema->callback([of, &result] { result = config_schema(*of); });
  auto input = std::make_shared<ConfigInput>();
  auto key = std::make_shared<std::string>();
  auto* explain = command->add_subcommand("explain", "Value, default and place of a key");
  explain->add_option("key", *key, "A key like limits.depth; all keys without it");
  add_trusted_config(explain, *input);
  example(explain, "signet config explain limits.depth -c signet.yaml");
  explain->callback([input, key, &result] { result = config_explain(*input, *key); });
}

void add_probes(CLI::App& app, int& result) {
  const auto add = [&](const std::string& name, const std::string& description, int (*command)(const ProbeOptions&)) {
    auto admin = std::make_shared<ProbeOptions>(ProbeOptions{.address = "127.0.0.1:8089"});
    auto format = std::make_shared<std::string>("text");
    auto* show = app.add_subcommand(name, description);
    show->add_option("--admin", admin->address, "Address of the admin listener")->capture_default_str();
    show->add_option("--output", *format, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    example(show, "signet " + name + " --admin 127.0.0.1:8089");
    show->callback([admin, format, command, &result] {
      admin->json = *format == "json";
      if (admin->address.starts_with("http://")) admin->address.erase(0, std::string_view("http://").size());
      while (admin->address.ends_with('/')) admin->address.pop_back();
      result = command(*admin);
    });
  };
  add("status", "What a running router serves: exit 0 ready, 1 not ready, 3 no answer", status);
  add("reload", "Have a running router read everything again: exit 0 done, 1 something was refused, 3 no answer",
      reload);
  auto health = std::make_shared<ProbeOptions>(ProbeOptions{.address = "127.0.0.1:8088"});
  auto* probe = app.add_subcommand("healthcheck", "Exit 0 when a running router is ready");
  probe->add_option("--health", health->address, "Address of the health listener")->capture_default_str();
  example(probe, "signet healthcheck --health 127.0.0.1:8088");
  probe->callback([health, &result] { result = healthcheck(*health); });
}

/// What is wrong with the first word after `command`, where a subcommand stands; empty: nothing. CLI11 itself only says
/// that it misses one.
std::string wrong_subcommand(const CLI::App& command, const std::vector<std::string>& words) {
  if (words.empty() || words.front().starts_with('-')) return {};
  std::vector<std::string_view> known;
  for (const CLI::App* each : command.get_subcommands({})) {
    if (each->get_name() == words.front()) {
      return each->get_require_subcommand_min() == 0 ? "" : wrong_subcommand(*each, {words.begin() + 1, words.end()});
    }
    known.push_back(each->get_name());
  }
  if (command.get_parent() == nullptr && words.front() == "compose") {
    return "compose is not supported yet: compose the supergraph with another tool";
  }
  const std::string_view meant = config::nearest(words.front(), known);
  return meant.empty()
             ? fmt::format("\"{}\" is not a command of {}; known: {}", words.front(), command.get_name(),
                           fmt::join(known, ", "))
             : fmt::format("\"{}\" is not a command of {}; did you mean {}?", words.front(), command.get_name(), meant);
}

int run(int argc, char** argv) {
  int result = kUsage;
  CLI::App app{"Signet Router: a GraphQL federation router that runs only configuration it can prove", "signet"};
  app.set_version_flag("--version", "signet " + std::string(app::kVersion));
  app.require_subcommand(1);
  add_serve(app, result);
  add_dev(app, result);
  add_demo(app, result);
  add_check(app, result);
  add_plan(app, result);
  add_keygen(app, result);
  add_secrets(app, result);
  add_sign(app, result);
  add_verify(app, result);
  add_admission(app, result);
  add_audit(app, result);
  add_explain(app, result);
  add_config_command(app, result);
  add_probes(app, result);
  if (const std::string wrong = wrong_subcommand(app, {argv + std::min(argc, 1), argv + argc}); !wrong.empty()) {
    complain(wrong);
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  return result;
}

}  // namespace
}  // namespace signet::cli

int main(int argc, char** argv) {
  signet::app::close_memory();  // every command may hold a key
  try {
    return signet::cli::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "signet: %s\n", error.what());
    return signet::cli::kEnvironment;
  }
}
