// signet sign: a statement about an artifact, signed; or one more signature on a statement that is there.
#include <filesystem>
#include <fmt/format.h>

#include "router/base/units.hpp"
#include "router/cli/artifact_check.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/cli/signing_key.hpp"
#include "signing/core/jws.hpp"
#include "signing/core/serial.hpp"

namespace signet::cli {
namespace {

// The statement that a new one replaces.
std::optional<signing::Statement> read_previous(const std::string& file) {
  auto text = read_input(file);
  if (!text) return std::nullopt;
  auto jws = signing::parse_jws(*text);
  auto statement = jws ? signing::parse_statement(jws->payload) : std::unexpected(jws.error());
  if (!statement) {
    complain(file + ": " + statement.error());
    return std::nullopt;
  }
  return *statement;
}

bool lay_out_cdn(const std::string& folder, const std::string& artifact, const std::string& sha256,
                 const std::string& jws) {
  std::error_code error;
  std::filesystem::create_directories(folder + "/artifacts", error);
  if (error) {
    complain(folder + ": " + error.message());
    return false;
  }
  // The artifact first: whoever sees the new statement finds what it names.
  return write_output(folder + "/artifacts/" + sha256, artifact) && write_output(folder + "/statement.jws", jws);
}

}  // namespace

int sign(const SignOptions& options) {
  const auto kind = signing::parse_artifact_kind(options.kind);
  const auto lifetime = parse_duration(options.lifetime);
  if (!kind || !lifetime) {
    complain(kind ? "--lifetime: " + lifetime.error() : "--kind: write graph, operations or router");
    return kUsage;
  }
  auto artifact = read_input(options.artifact_file);
  const auto key = read_signing_key(options.kid, options.key_file);
  if (!artifact || !key) return kEnvironment;
  if (!options.unchecked &&
      !check_artifact(*kind, options.artifact_file, std::make_shared<const std::string>(*artifact))) {
    complain("not signed: routers would refuse it; --unchecked signs it all the same");
    return kWrong;
  }
  signing::StatementRequest request{.artifact = *kind,
                                    .graph = options.graph,
                                    .environment = options.environment,
                                    .artifact_bytes = *artifact,
                                    .previous = {},
                                    .lifetime = std::chrono::duration_cast<std::chrono::seconds>(*lifetime)};
  const std::string statement_file =
      options.statement_file.empty() ? options.artifact_file + ".jws" : options.statement_file;
  // Serials only grow: the statement that lies there already is continued unless another is named.
  std::string previous_file = options.previous_file;
  std::error_code ignored;
  if (previous_file.empty() && std::filesystem::exists(statement_file, ignored)) previous_file = statement_file;
  std::optional<signing::Statement> previous;
  if (!previous_file.empty()) {
    previous = read_previous(previous_file);
    if (!previous) return kWrong;
    request.previous = previous->sha256;
    request.last_serial = previous->serial;
  }
  auto statement = signing::make_statement(request, SystemClock().wall());
  if (!statement) {
    complain(statement.error().message);
    return kWrong;
  }
  const std::string jws = signing::print_jws(signing::make_jws(signing::print_statement(*statement), *key));
  if (!write_output(statement_file, jws)) return kEnvironment;
  if (!options.cdn_folder.empty() && !lay_out_cdn(options.cdn_folder, *artifact, statement->sha256, jws)) {
    return kEnvironment;
  }
  fmt::print("signed {} {} serial {} sha256 {} by {}\n", options.kind, options.graph, statement->serial,
             statement->sha256, options.kid);
  return kOk;
}

}  // namespace signet::cli
