#include "router/policy/persisted_operations.hpp"

#include <fmt/format.h>

#include "router/crypto/crypto.hpp"
#include "router/graphql/parser.hpp"
#include "router/graphql/printer.hpp"
#include "router/json/document.hpp"

namespace signet::policy {
namespace {

using config::OperationsMode;

constexpr std::string_view kFormat = "apollo-persisted-query-manifest";
constexpr size_t kIdBytesMax = 128;
constexpr std::string_view kSha256Prefix = "sha256:";

std::unexpected<std::string> bad(std::string text) {
  return std::unexpected(std::move(text));
}

bool is_id(std::string_view id) {
  if (id.empty() || id.size() > kIdBytesMax) return false;
  for (char c : id) {
    const bool fits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                      c == '_' || c == ':' || c == '.';
    if (!fits) return false;
  }
  return true;
}

// The digest that an id claims to be, or empty when it is some other name.
std::string_view claimed_sha256(std::string_view id) {
  if (id.starts_with(kSha256Prefix)) return id.substr(kSha256Prefix.size());
  return id.size() == 64 && hex_decode(id) ? id : std::string_view();
}

// Equal for texts that differ in spacing, commas and comments only.
std::optional<std::string> normal_form(std::string_view text) {
  auto document = graphql::parse_executable(text);
  if (!document) return std::nullopt;
  return graphql::print_executable(*document);
}

}  // namespace

std::expected<PersistedOperations, std::string> PersistedOperations::parse(std::string_view manifest_json) {
  auto document = json::Document::parse(manifest_json);
  if (!document) return bad("the manifest is not valid JSON: " + document.error().message);
  const json::NodeId format = document->find(document->root(), "format");
  if (!format || document->kind(format) != json::Kind::string || !document->string_equals(format, kFormat)) {
    return bad(fmt::format("the manifest's format is not \"{}\"", kFormat));
  }
  const json::NodeId version = document->find(document->root(), "version");
  if (!version || document->raw(version) != "1") return bad("the manifest's version is not 1");
  const json::NodeId operations = document->find(document->root(), "operations");
  if (!operations || document->kind(operations) != json::Kind::array)
    return bad("the manifest has no list of operations");

  PersistedOperations result;
  size_t index = 0;
  for (const json::NodeId entry : document->items(operations)) {
    const std::string where = fmt::format("operations[{}]", index++);
    auto member = [&](std::string_view key) -> std::optional<std::string> {
      const json::NodeId value = document->find(entry, key);
      if (!value || document->kind(value) != json::Kind::string) return std::nullopt;
      return document->string(value);
    };
    const auto id = member("id"), body = member("body"), name = member("name");
    if (!id || !is_id(*id)) return bad(where + ": id is not 1 to 128 of letters, digits, - _ : .");
    if (!body) return bad(where + ": body is missing");
    const std::string_view claimed = claimed_sha256(*id);
    if (!claimed.empty() && claimed != crypto::sha256_hex(*body)) return bad(where + ": id is not the SHA-256 of body");
    const auto normal = normal_form(*body);
    if (!normal) return bad(where + ": body is not a valid document");
    if (!result.by_id_.emplace(*id, *body).second) return bad(where + ": the id stands twice");
    result.by_normal_form_.emplace(*normal, *body);
    if (name && !name->empty()) result.names_.insert(*name);
  }
  return result;
}

std::expected<std::string_view, Error> PersistedOperations::resolve(OperationsMode mode,
                                                                    const RequestedOperation& requested) const {
  auto refuse = [](ErrorCode code, std::string_view message) {
    return std::unexpected(Error{code, std::string(message)});
  };
  if (!requested.text && !requested.id) {
    return refuse(ErrorCode::BAD_REQUEST, "the request has neither a query nor the id of a persisted operation");
  }
  if (mode == OperationsMode::off) {
    if (requested.id) return refuse(ErrorCode::PERSISTED_QUERY_NOT_SUPPORTED, "persisted operations are off");
    return *requested.text;
  }
  if (mode == OperationsMode::ids_only && !requested.id) {
    return refuse(ErrorCode::PERSISTED_QUERY_ID_REQUIRED, "this router runs operations by their id only");
  }
  if (requested.id) {
    const auto found = by_id_.find(*requested.id);
    if (found == by_id_.end()) {
      return refuse(ErrorCode::PERSISTED_QUERY_NOT_IN_LIST, "the id is not in the list of persisted operations");
    }
    if (requested.text && *requested.text != found->second) {
      return refuse(ErrorCode::PERSISTED_QUERY_HASH_MISMATCH, "the query is not the one that the id stands for");
    }
    return std::string_view(found->second);
  }
  const auto normal = normal_form(*requested.text);
  const auto found = normal ? by_normal_form_.find(*normal) : by_normal_form_.end();
  if (found == by_normal_form_.end()) {
    return refuse(ErrorCode::QUERY_NOT_IN_SAFELIST, "the query is not in the list of persisted operations");
  }
  return std::string_view(found->second);
}

bool PersistedOperations::knows_name(std::string_view operation_name) const {
  return names_.contains(operation_name);
}

}  // namespace signet::policy
