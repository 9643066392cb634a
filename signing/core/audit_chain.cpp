#include "signing/core/audit_chain.hpp"

#include <fmt/format.h>

#include "router/base/units.hpp"
#include "router/json/writer.hpp"
#include "signing/core/audit_line.hpp"

namespace signet::signing {
namespace {

// A line that is too long would be no record. Cut between characters of UTF-8.
std::string_view beginning_of(std::string_view value) {
  if (value.size() <= kAuditValueBytesMax) return value;
  size_t end = kAuditValueBytesMax;
  while (end > 0 && (static_cast<uint8_t>(value[end]) & 0xC0) == 0x80) --end;
  return value.substr(0, end);
}

}  // namespace

std::string audit_hash(std::string_view line_without_hash) {
  return crypto::sha256_hex(fmt::format("{}{}", '\0', line_without_hash));
}

std::string audit_checkpoint_text(const AuditTip& tip) {
  return fmt::format("signet.audit.v1 {} {}", tip.records, tip.hash);
}

std::string AuditChain::append(WallTime now, std::string_view type, const AuditAttributes& attributes) {
  std::string line;
  json::Writer writer(line);
  writer.begin_object().key("v").value(1).key("seq").value(tip_.records);
  writer.key("time").value(format_timestamp(now)).key("type").value(type).key("attrs").begin_object();
  for (const auto& [name, value] : attributes) writer.key(name).value(beginning_of(value));
  writer.end_object().key("prev").value(tip_.hash);
  tip_.hash = audit_hash(line);
  ++tip_.records;
  writer.key("hash").value(tip_.hash).end_object();
  line += '\n';
  return line;
}

std::string AuditChain::checkpoint(WallTime now, const SigningKey& key) {
  const std::string signature = base64url_encode(key.sign(as_bytes(audit_checkpoint_text(tip_))));
  return append(now, kCheckpointType, {{"kid", key.kid}, {"sig", signature}});
}

std::string AuditChain::begin_segment(WallTime now, uint64_t segment) {
  return append(now, kSegmentType, {{"segment", std::to_string(segment)}});
}

std::string AuditChain::drop_segment(WallTime now, uint64_t segment, const AuditTip& end) {
  return append(now, kDropType,
                {{"segment", std::to_string(segment)}, {"records", std::to_string(end.records)}, {"hash", end.hash}});
}

}  // namespace signet::signing
