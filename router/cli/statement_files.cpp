#include "router/cli/statement_files.hpp"

#include <filesystem>

#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"

namespace signet::cli {
namespace {

constexpr std::string_view kStatementSuffix = ".jws";

}  // namespace

std::expected<SignedStatement, int> read_statement(const std::string& file) {
  auto text = read_input(file);
  if (!text) return std::unexpected(kEnvironment);
  auto jws = signing::parse_jws(*text);
  auto statement = jws ? signing::parse_statement(jws->payload) : std::unexpected(jws.error());
  if (!statement) {
    complain(file + ": " + statement.error());
    return std::unexpected(kWrong);
  }
  return SignedStatement{std::move(*jws), std::move(*statement)};
}

std::string cdn_statement(const std::string& folder) {
  return folder + "/statement.jws";
}

std::string cdn_artifact(const std::string& folder, std::string_view sha256) {
  return folder + "/artifacts/" + std::string(sha256);
}

std::string artifact_beside(const std::string& statement_file, std::string_view sha256) {
  if (statement_file.ends_with(kStatementSuffix)) {
    std::string stem = statement_file.substr(0, statement_file.size() - kStatementSuffix.size());
    std::error_code ignored;
    if (std::filesystem::exists(stem, ignored)) return stem;
  }
  const std::string folder = std::filesystem::path(statement_file).parent_path().string();
  return cdn_artifact(folder.empty() ? "." : folder, sha256);
}

bool lay_out_cdn(const std::string& folder, std::string_view artifact, std::string_view sha256, std::string_view jws) {
  std::error_code error;
  std::filesystem::create_directories(folder + "/artifacts", error);
  if (error) {
    complain(folder + ": " + error.message());
    return false;
  }
  // The artifact first: whoever sees the new statement finds what it names.
  return write_output(cdn_artifact(folder, sha256), artifact) && write_output(cdn_statement(folder), jws);
}

}  // namespace signet::cli
