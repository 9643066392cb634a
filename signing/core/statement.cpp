#include "signing/core/statement.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "router/base/limits.hpp"
#include "router/base/units.hpp"
#include "router/json/document.hpp"
#include "router/json/writer.hpp"
#include "signing/core/key.hpp"

namespace signet::signing {
namespace {

constexpr auto kMembers = std::to_array<std::string_view>(
    {"artifact", "graph", "environment", "serial", "previous", "issued", "expires", "size", "sha256"});

using Check = std::expected<void, std::string>;

std::unexpected<std::string> bad(std::string message) {
  return std::unexpected(std::move(message));
}

/// Reads members of one JSON object whose names have been checked.
class Reader {
 public:
  explicit Reader(const json::Document& document) : document_(document) {}

  Check text(std::string_view name, std::string& out) const {
    const json::NodeId node = document_.find(document_.root(), name);
    if (document_.kind(node) != json::Kind::string) return bad(fmt::format("{} is not a string", name));
    out = document_.string(node);
    return {};
  }
  Check integer(std::string_view name, uint64_t max, uint64_t& out) const {
    const auto value = document_.integer(document_.find(document_.root(), name));
    if (!value || *value < 1 || static_cast<uint64_t>(*value) > max) {
      return bad(fmt::format("{} is not an integer from 1 to {}", name, max));
    }
    out = static_cast<uint64_t>(*value);
    return {};
  }
  Check time(std::string_view name, WallTime& out) const {
    std::string value;
    if (auto good = text(name, value); !good) return good;
    const auto parsed = parse_timestamp(value);
    if (!parsed) return bad(fmt::format("{} is not a time: {}", name, parsed.error()));
    out = *parsed;
    return {};
  }
  Check name(std::string_view member, std::string& out) const {
    if (auto good = text(member, out); !good) return good;
    if (is_plain_name(out)) return {};
    return bad(fmt::format("{} is not 1 to 128 letters, digits, dots, underscores and hyphens", member));
  }

 private:
  const json::Document& document_;
};

Check check_members(const json::Document& document) {
  if (document.kind(document.root()) != json::Kind::object) return bad("the statement is not an object");
  for (const auto& member : document.members(document.root())) {
    if (std::ranges::find(kMembers, document.string(member.key)) == kMembers.end()) {
      return bad("the statement has a member that is not known");
    }
  }
  if (document.size(document.root()) != kMembers.size()) {
    return bad(fmt::format("the statement has {} of its {} members", document.size(document.root()), kMembers.size()));
  }
  return {};
}

Check read(const Reader& reader, Statement& out) {
  std::string kind;
  if (auto good = reader.text("artifact", kind); !good) return good;
  const auto parsed = parse_artifact_kind(kind);
  if (!parsed) return bad("artifact is none of graph, operations, router");
  out.artifact = *parsed;
  if (auto good = reader.name("graph", out.graph); !good) return good;
  if (auto good = reader.name("environment", out.environment); !good) return good;
  if (auto good = reader.integer("serial", kSerialMax, out.serial); !good) return good;
  if (auto good = reader.text("previous", out.previous); !good) return good;
  if (!out.previous.empty() && !is_sha256_hex(out.previous))
    return bad("previous is neither empty nor a sha256 in hex");
  if (auto good = reader.time("issued", out.issued); !good) return good;
  if (auto good = reader.time("expires", out.expires); !good) return good;
  if (out.expires <= out.issued) return bad("expires does not lie after issued");
  if (auto good = reader.integer("size", limits::kArtifactBytesMax, out.size); !good) return good;
  if (auto good = reader.text("sha256", out.sha256); !good) return good;
  if (!is_sha256_hex(out.sha256)) return bad("sha256 is not 64 lower-case hexadecimal digits");
  return {};
}

}  // namespace

std::string_view to_text(ArtifactKind kind) {
  switch (kind) {
    case ArtifactKind::graph:
      return "graph";
    case ArtifactKind::operations:
      return "operations";
    case ArtifactKind::router:
      break;
  }
  return "router";
}

std::optional<ArtifactKind> parse_artifact_kind(std::string_view text) {
  for (ArtifactKind kind : {ArtifactKind::graph, ArtifactKind::operations, ArtifactKind::router}) {
    if (to_text(kind) == text) return kind;
  }
  return std::nullopt;
}

std::expected<Statement, std::string> parse_statement(std::string_view text) {
  if (text.size() > limits::kStatementBytesMax) return bad("the statement is larger than 64 KiB");
  const auto document = json::Document::parse(text, {.depth_max = 4});
  if (!document) return bad("the statement is not JSON: " + document.error().message);
  if (auto good = check_members(*document); !good) return bad(std::move(good).error());
  Statement statement;
  if (auto good = read(Reader(*document), statement); !good) return bad(std::move(good).error());
  return statement;
}

std::string print_statement(const Statement& statement) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.key("artifact").value(to_text(statement.artifact));
  writer.key("graph").value(statement.graph);
  writer.key("environment").value(statement.environment);
  writer.key("serial").value(statement.serial);
  writer.key("previous").value(statement.previous);
  writer.key("issued").value(format_timestamp(statement.issued));
  writer.key("expires").value(format_timestamp(statement.expires));
  writer.key("size").value(statement.size);
  writer.key("sha256").value(statement.sha256);
  writer.end_object();
  return out;
}

bool is_sha256_hex(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

uint64_t unix_seconds(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return seconds < 0 ? 0 : static_cast<uint64_t>(seconds);
}

}  // namespace signet::signing
