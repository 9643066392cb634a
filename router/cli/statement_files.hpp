// Statements as publishers keep them: beside their artifact, or in the layout of a CDN.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "signing/core/jws.hpp"
#include "signing/core/statement.hpp"

namespace signet::cli {

struct SignedStatement {
  signing::Jws jws;
  signing::Statement statement;
};

/// What the file says; nothing of it is verified. Errors: the exit code; the problem went to standard error.
std::expected<SignedStatement, int> read_statement(const std::string& file);

/// Where a folder in CDN layout has the statement, and an artifact by its digest.
std::string cdn_statement(const std::string& folder);
std::string cdn_artifact(const std::string& folder, std::string_view sha256);

/// The file that the statement in `statement_file` is about: FILE for FILE.jws, else `artifacts/<sha256>` beside it.
std::string artifact_beside(const std::string& statement_file, std::string_view sha256);

/// Writes both into a folder in CDN layout. Problems go to standard error.
bool lay_out_cdn(const std::string& folder, std::string_view artifact, std::string_view sha256, std::string_view jws);

}  // namespace signet::cli
