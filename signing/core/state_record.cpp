#include "signing/core/state_record.hpp"

#include <fmt/format.h>

#include "router/base/units.hpp"
#include "router/crypto/crypto.hpp"
#include "router/json/document.hpp"
#include "router/json/writer.hpp"
#include "signing/core/key.hpp"

namespace signet::signing {
namespace {

constexpr std::string_view kMagic = "signet-state 1 ";

std::unexpected<std::string> bad(std::string message) {
  return std::unexpected(std::move(message));
}

std::string text_member(const json::Document& document, std::string_view name) {
  const json::NodeId node = document.find(document.root(), name);
  return node.valid() && document.kind(node) == json::Kind::string ? document.string(node) : std::string();
}

}  // namespace

std::string print_state(const StateRecord& record) {
  std::string line;
  json::Writer writer(line);
  writer.begin_object();
  writer.key("artifact").value(to_text(record.artifact));
  writer.key("graph").value(record.graph);
  writer.key("environment").value(record.environment);
  writer.key("serial").value(record.serial);
  writer.key("sha256").value(record.sha256);
  writer.key("applied").value(format_timestamp(record.applied));
  writer.end_object();
  line += '\n';
  return fmt::format("{}{}\n{}", kMagic, crypto::sha256_hex(line), line);
}

std::expected<StateRecord, std::string> parse_state(std::string_view file) {
  if (file.size() > kStateFileBytesMax) return bad("the state file is larger than 4 KiB");
  const size_t end = file.find('\n');
  if (!file.starts_with(kMagic) || end == std::string_view::npos) return bad("this is no state file of version 1");
  const std::string_view line = file.substr(end + 1);
  if (file.substr(kMagic.size(), end - kMagic.size()) != crypto::sha256_hex(line)) {
    return bad("the state file is damaged: its digest does not fit");
  }
  const auto document = json::Document::parse(line, {.depth_max = 1});
  if (!document || document->kind(document->root()) != json::Kind::object || document->size(document->root()) != 6) {
    return bad("the state file does not hold a record");
  }
  const auto kind = parse_artifact_kind(text_member(*document, "artifact"));
  const auto applied = parse_timestamp(text_member(*document, "applied"));
  const json::NodeId serial_node = document->find(document->root(), "serial");
  const auto serial = serial_node.valid() ? document->integer(serial_node) : std::nullopt;
  StateRecord record{.graph = text_member(*document, "graph"),
                     .environment = text_member(*document, "environment"),
                     .sha256 = text_member(*document, "sha256")};
  const bool names = is_plain_name(record.graph) && is_plain_name(record.environment) && is_sha256_hex(record.sha256);
  if (!kind || !applied || !serial || *serial < 1 || static_cast<uint64_t>(*serial) > kSerialMax || !names) {
    return bad("the state file's record has a wrong member");
  }
  record.artifact = *kind;
  record.applied = *applied;
  record.serial = static_cast<uint64_t>(*serial);
  return record;
}

}  // namespace signet::signing
