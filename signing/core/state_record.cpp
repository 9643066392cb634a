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

// Nothing where it is not there. False: it is something else.
bool read_replaced(const json::Document& document, std::vector<std::string>& out) {
  const json::NodeId node = document.find(document.root(), "replaced");
  if (!node.valid()) return true;
  if (document.kind(node) != json::Kind::array || document.size(node) > kReplacedMax) return false;
  for (const json::NodeId item : document.items(node)) {
    if (document.kind(item) != json::Kind::string) return false;
    out.push_back(document.string(item));
    if (!is_sha256_hex(out.back())) return false;
  }
  return true;
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
  if (!record.replaced.empty()) {
    writer.key("replaced").begin_array();
    for (const std::string& sha256 : record.replaced) writer.value(sha256);
    writer.end_array();
  }
  writer.end_object();
  line += '\n';
  return fmt::format("{}{}\n{}", kMagic, crypto::sha256_hex(line), line);
}

std::expected<StateRecord, std::string> parse_state(std::string_view file) {
  if (file.size() > kStateFileBytesMax) return bad("the state file is larger than 32 KiB");
  const size_t end = file.find('\n');
  if (!file.starts_with(kMagic) || end == std::string_view::npos) return bad("this is no state file of version 1");
  const std::string_view line = file.substr(end + 1);
  if (file.substr(kMagic.size(), end - kMagic.size()) != crypto::sha256_hex(line)) {
    return bad("the state file is damaged: its digest does not fit");
  }
  const auto document = json::Document::parse(line, {.depth_max = 2});
  if (!document || document->kind(document->root()) != json::Kind::object) {
    return bad("the state file does not hold a record");
  }
  const size_t members = document->find(document->root(), "replaced").valid() ? 7 : 6;
  if (document->size(document->root()) != members) {
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
  if (!read_replaced(*document, record.replaced) || !kind || !applied || !serial || *serial < 1 ||
      static_cast<uint64_t>(*serial) > kSerialMax || !names) {
    return bad("the state file's record has a wrong member");
  }
  record.artifact = *kind;
  record.applied = *applied;
  record.serial = static_cast<uint64_t>(*serial);
  return record;
}

}  // namespace signet::signing
