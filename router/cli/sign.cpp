// signet sign: a statement about an artifact, signed; about an older one again; or one more signature on a statement.
#include <filesystem>
#include <fmt/format.h>

#include "router/base/units.hpp"
#include "router/cli/artifact_check.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/cli/signing_key.hpp"
#include "router/cli/statement_files.hpp"
#include "signing/core/gate_checks.hpp"
#include "signing/core/serial.hpp"

namespace signet::cli {
namespace {

std::unexpected<int> give_up(int exit_code, const std::string& why) {
  complain(why);
  return std::unexpected(exit_code);
}

/// What a statement is about, but for the artifact's bytes.
struct Subject {
  signing::ArtifactKind kind = signing::ArtifactKind::graph;
  std::string graph, environment;
};

/// The subject that the options name; what they leave open is that of `known`. `where` is the file that `known` is
/// from.
std::expected<Subject, int> subject_of(const SignOptions& options, const signing::Statement* known,
                                       const std::string& where) {
  Subject subject;
  if (known != nullptr) subject = {known->artifact, known->graph, known->environment};
  if (!options.kind.empty()) {
    const auto kind = signing::parse_artifact_kind(options.kind);
    if (!kind) return give_up(kUsage, "--kind: write graph, operations or router");
    subject.kind = *kind;
  }
  if (!options.graph.empty()) subject.graph = options.graph;
  if (!options.environment.empty()) subject.environment = options.environment;
  if (known == nullptr) return subject;
  if (subject.kind != known->artifact || subject.graph != known->graph || subject.environment != known->environment) {
    return give_up(
        kWrong, fmt::format("{} is about {} {} in {}, not {} {} in {}; each of them has its own statement file", where,
                            signing::to_text(known->artifact), known->graph, known->environment,
                            signing::to_text(subject.kind), subject.graph, subject.environment));
  }
  return subject;
}

/// What new statements go on from.
struct Before {
  std::optional<signing::Statement> statement;  ///< the one that is replaced
  std::string file;                             ///< where it was read
  uint64_t last_serial = 0;                     ///< the highest of all that were found: serials only grow
};

/// Reads --previous and what lies where the new statement goes; without --previous the newest of those is replaced.
std::expected<Before, int> find_previous(const SignOptions& options, const std::string& statement_file) {
  std::vector<std::string> files;
  const bool by_digest = signing::is_sha256_hex(options.previous_file);
  if (!options.previous_file.empty() && !by_digest) files.push_back(options.previous_file);
  std::error_code ignored;
  if (!statement_file.empty() && std::filesystem::exists(statement_file, ignored)) files.push_back(statement_file);
  const std::string cdn = options.cdn_folder.empty() ? "" : cdn_statement(options.cdn_folder);
  if (!cdn.empty() && std::filesystem::exists(cdn, ignored)) files.push_back(cdn);
  Before before;
  for (const std::string& file : files) {
    auto read = read_statement(file);
    if (!read) return std::unexpected(read.error());
    if (auto same = subject_of(options, &read->statement, file); !same) return std::unexpected(same.error());
    const bool named = !options.previous_file.empty() && !by_digest && before.statement;
    const bool newer = !before.statement || read->statement.serial > before.last_serial;
    before.last_serial = std::max(before.last_serial, read->statement.serial);
    if (newer && !named) {
      before.statement = std::move(read->statement);
      before.file = file;
    }
  }
  return before;
}

std::expected<void, int> check_rollback(const SignOptions& options, const Before& before) {
  if (!signing::is_sha256_hex(options.rollback_to)) {
    return give_up(kUsage, "--rollback-to: write the artifact's sha256, 64 lower-case hexadecimal digits");
  }
  if (!before.statement) {
    return give_up(kWrong,
                   "a rollback replaces what serves: name its statement with --previous, --out or --cdn, so that "
                   "the new serial is higher");
  }
  if (before.statement->sha256 == options.rollback_to) {
    return give_up(
        kWrong, fmt::format("{} names {} already; there is nothing to go back from", before.file, options.rollback_to));
  }
  return {};
}

std::expected<std::string, int> read_artifact(const SignOptions& options, const std::string& file) {
  std::error_code ignored;
  if (!options.rollback_to.empty() && !std::filesystem::exists(file, ignored)) {
    return give_up(kWrong, fmt::format("{}: there is no such artifact; a rollback needs its bytes: give the file that "
                                       "was signed then",
                                       file));
  }
  auto artifact = read_input(file);
  if (!artifact) return std::unexpected(kEnvironment);
  const std::string sha256 = crypto::sha256_hex(*artifact);
  if (!options.rollback_to.empty() && sha256 != options.rollback_to) {
    return give_up(kWrong, fmt::format("{} has sha256 {}, not {}; give the file that was signed then", file, sha256,
                                       options.rollback_to));
  }
  return std::move(*artifact);
}

bool is_fit(const SignOptions& options, signing::ArtifactKind kind, const std::string& file,
            const std::string& artifact) {
  if (options.unchecked || check_artifact(kind, file, std::make_shared<const std::string>(artifact))) return true;
  complain("not signed: routers would refuse it; --unchecked signs it all the same");
  return false;
}

bool write_statement(const SignOptions& options, const std::string& statement_file, const std::string& artifact,
                     const std::string& sha256, const signing::Jws& jws) {
  const std::string text = signing::print_jws(jws);
  if (!statement_file.empty() && !write_output(statement_file, text)) return false;
  return options.cdn_folder.empty() || lay_out_cdn(options.cdn_folder, artifact, sha256, text);
}

// Signing the same bytes again replaces nothing: what they replaced stays what it was.
std::string_view previous_of(const SignOptions& options, const Before& before, const std::string& artifact) {
  if (signing::is_sha256_hex(options.previous_file)) return options.previous_file;
  if (!before.statement) return "";
  return before.statement->sha256 == crypto::sha256_hex(artifact) ? before.statement->previous
                                                                  : before.statement->sha256;
}

int sign_anew(const SignOptions& options) {
  const auto lifetime = parse_duration(options.lifetime);
  if (!lifetime) {
    complain("--lifetime: " + lifetime.error());
    return kUsage;
  }
  const std::string artifact_file =
      options.artifact_file.empty() ? cdn_artifact(options.cdn_folder, options.rollback_to) : options.artifact_file;
  std::string statement_file = options.statement_file;
  if (statement_file.empty() && !options.artifact_file.empty()) statement_file = artifact_file + ".jws";
  const auto before = find_previous(options, statement_file);
  if (!before) return before.error();
  if (!options.rollback_to.empty()) {
    if (auto good = check_rollback(options, *before); !good) return good.error();
  }
  const auto subject = subject_of(options, before->statement ? &*before->statement : nullptr, before->file);
  if (!subject) return subject.error();
  const auto artifact = read_artifact(options, artifact_file);
  if (!artifact) return artifact.error();
  const auto key = read_signing_key(options.kid, options.key_file);
  if (!key) return kEnvironment;
  if (!is_fit(options, subject->kind, artifact_file, *artifact)) return kWrong;
  const auto statement =
      signing::make_statement({.artifact = subject->kind,
                               .graph = subject->graph,
                               .environment = subject->environment,
                               .artifact_bytes = *artifact,
                               .previous = previous_of(options, *before, *artifact),
                               .last_serial = before->last_serial,
                               .lifetime = std::chrono::duration_cast<std::chrono::seconds>(*lifetime)},
                              SystemClock().wall());
  if (!statement) {
    complain(statement.error().message);
    return kWrong;
  }
  const signing::Jws jws = signing::make_jws(signing::print_statement(*statement), *key);
  if (!write_statement(options, statement_file, *artifact, statement->sha256, jws)) return kEnvironment;
  fmt::print("signed {} {} serial {} sha256 {} by {}\n", signing::to_text(subject->kind), statement->graph,
             statement->serial, statement->sha256, options.kid);
  return kOk;
}

/// Why `key` may not sign once more; empty: it may.
std::string signed_already(const signing::Jws& jws, const signing::SigningKey& key) {
  signing::VerificationKey own = key.verification_key(signing::Role::release);
  for (const signing::JwsSignature& signature : jws.signatures) {
    if (signature.kid == key.kid) return fmt::format("{} has signed it already", key.kid);
    own.kid = signature.kid;
    if (signature.verify(jws.payload_text, own)) {
      return fmt::format("this key has signed it already, as {}; routers count distinct keys", signature.kid);
    }
  }
  return {};
}

int add_to_statement(const SignOptions& options) {
  auto there = read_statement(options.add_file);
  if (!there) return there.error();
  const signing::Statement& statement = there->statement;
  if (auto same = subject_of(options, &statement, options.add_file); !same) return same.error();
  const std::string artifact_file =
      options.artifact_file.empty() ? artifact_beside(options.add_file, statement.sha256) : options.artifact_file;
  const auto artifact = read_input(artifact_file);
  const auto key = read_signing_key(options.kid, options.key_file);
  if (!artifact || !key) return kEnvironment;
  if (const auto good = signing::check_digest(statement, *artifact); !good) {
    complain(fmt::format("{} is not about {}: {}", options.add_file, artifact_file, good.error().detail));
    return kWrong;
  }
  if (const std::string why = signed_already(there->jws, *key); !why.empty()) {
    complain(options.add_file + ": " + why);
    return kWrong;
  }
  if (!is_fit(options, statement.artifact, artifact_file, *artifact)) return kWrong;
  if (auto added = signing::add_signature(there->jws, *key); !added) {
    complain(options.add_file + ": " + added.error());
    return kWrong;
  }
  const std::string& statement_file = options.statement_file.empty() ? options.add_file : options.statement_file;
  if (!write_statement(options, statement_file, *artifact, statement.sha256, there->jws)) return kEnvironment;
  fmt::print("added {} to {} {} serial {} sha256 {}, now signed by {}\n", options.kid,
             signing::to_text(statement.artifact), statement.graph, statement.serial, statement.sha256,
             there->jws.signatures.size());
  return kOk;
}

}  // namespace

int sign(const SignOptions& options) {
  return options.add_file.empty() ? sign_anew(options) : add_to_statement(options);
}

}  // namespace signet::cli
