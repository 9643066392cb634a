// signet verify and signet inspect: what the gate would say of a file, and what a statement says.
#include <fmt/format.h>

#include "router/app/trust_setup.hpp"
#include "router/base/units.hpp"
#include "router/cli/artifact_check.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/cli/statement_files.hpp"
#include "router/json/writer.hpp"
#include "signing/core/gate.hpp"

namespace signet::cli {
namespace {

class NoEvents final : public signing::GateEvents {
  void on_gate(const signing::GateEvent&) override {}
};

int report_refusal(const signing::Refusal& refusal, bool json) {
  const signing::ReasonInfo& reason = signing::info(refusal.reason);
  if (json) {
    std::string out;
    json::Writer(out)
        .begin_object()
        .key("verified")
        .value(false)
        .key("reason")
        .value(reason.code)
        .key("detail")
        .value(refusal.detail)
        .key("what_to_do")
        .value(reason.what_to_do)
        .end_object();
    fmt::print("{}\n", out);
  } else {
    fmt::print(stderr, "refused: {}: {}\n  {}\n  {}\n", reason.code, reason.title, refusal.detail, reason.what_to_do);
  }
  return kWrong;
}

void print_statement_lines(const signing::Statement& statement) {
  fmt::print("artifact     {}\ngraph        {}\nenvironment  {}\nserial       {}\nprevious     {}\nissued       {}\n",
             signing::to_text(statement.artifact), statement.graph, statement.environment, statement.serial,
             statement.previous.empty() ? "(none)" : statement.previous, format_timestamp(statement.issued));
  fmt::print("expires      {}\nsize         {}\nsha256       {}\n", format_timestamp(statement.expires), statement.size,
             statement.sha256);
}

}  // namespace

int verify(const VerifyOptions& options) {
  auto config = load_config(options.config);
  if (!config.loaded) return config.exit_code;
  auto settings = app::Settings::make(config.loaded->config, false);
  if (!settings) {
    complain(settings.error());
    return kWrong;
  }
  auto artifact = read_input(options.artifact_file);
  auto statement = read_input(options.statement_file.empty() ? options.artifact_file + ".jws" : options.statement_file);
  if (!artifact || !statement) return kEnvironment;
  auto jws = signing::parse_jws(*statement);
  const auto claimed = jws ? signing::parse_statement(jws->payload) : std::unexpected(jws.error());
  const signing::ArtifactKind kind = claimed ? claimed->artifact : signing::ArtifactKind::graph;
  auto policy = app::make_gate_policy(**settings, kind);
  if (!policy) {
    complain_at(config.loaded->origins, policy.error());
    return kEnvironment;
  }
  const SystemClock clock;
  NoEvents events;
  const signing::Gate gate(std::move(*policy), clock, events);
  const signing::Candidate candidate{.statement = *statement,
                                     .artifact = std::make_shared<const std::string>(std::move(*artifact)),
                                     .source = signing::SourceKind::file,
                                     .verdict = std::nullopt};
  const auto examination = gate.examine(candidate, {});
  if (const auto* refusal = std::get_if<signing::Refusal>(&examination)) return report_refusal(*refusal, options.json);
  if (!check_artifact(kind, options.artifact_file, candidate.artifact)) {
    return report_refusal({signing::Reason::build, options.artifact_file + ": see above"}, options.json);
  }
  const bool approved = std::holds_alternative<signing::Verified<signing::Artifact>>(examination);
  if (options.json) {
    fmt::print("{{\"verified\":true,\"approved\":{}}}\n", approved);
  } else {
    print_statement_lines(*claimed);
    fmt::print("verified     yes\napproved     {}\n", approved ? "yes" : "no: the admission webhook would be asked");
  }
  return kOk;
}

int inspect(const std::string& statement_file, bool json) {
  const auto read = read_statement(statement_file);
  if (!read) return read.error();
  if (json) {
    fmt::print("{}\n", signing::print_statement(read->statement));
    return kOk;
  }
  print_statement_lines(read->statement);
  for (const signing::JwsSignature& signature : read->jws.signatures) {
    fmt::print("signature    {} by {} (not verified)\n", signature.alg, signature.kid);
  }
  return kOk;
}

}  // namespace signet::cli
