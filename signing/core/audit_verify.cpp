#include <fmt/format.h>

#include "router/json/document.hpp"
#include "signing/core/audit_line.hpp"

namespace signet::signing {
namespace {

/// Reads the log line by line; stops at the first that is wrong.
class Verifier {
 public:
  explicit Verifier(const AuditCheck& check) : check_(check) {
    report_.tip = check.start;
    report_.signed_records = check.start.records;
    see_anchor();
  }

  bool line(std::string_view text) {
    if (text.size() > kAuditLineBytesMax) return stop(AuditStatus::altered, "the line is longer than 64 KiB");
    const auto document = json::Document::parse(text, {.depth_max = 2});
    if (!document || document->kind(document->root()) != json::Kind::object) {
      return stop(AuditStatus::altered, "the line is no record");
    }
    const json::NodeId root = document->root();
    const json::NodeId seq_node = document->find(root, "seq"), type = document->find(root, "type");
    const json::NodeId prev = document->find(root, "prev"), attrs = document->find(root, "attrs");
    const auto seq = seq_node.valid() ? document->integer(seq_node) : std::nullopt;
    if (!seq || !is_text(*document, type) || !is_text(*document, prev) || !attrs.valid()) {
      return stop(AuditStatus::altered, "the record lacks a member");
    }
    if (static_cast<uint64_t>(*seq) != report_.tip.records) {
      const bool later = static_cast<uint64_t>(*seq) > report_.tip.records;
      return stop(later ? AuditStatus::gap : AuditStatus::altered,
                  fmt::format("record {} stands where {} belongs", *seq, report_.tip.records));
    }
    const std::string hash = audit_hash(text.substr(0, text.rfind(",\"hash\":")));
    if (!text.ends_with(fmt::format(",\"hash\":\"{}\"}}", hash)))
      return stop(AuditStatus::altered, "the hash is wrong");
    if (!document->string_equals(prev, report_.tip.hash)) return stop(AuditStatus::altered, "prev is wrong");
    if (document->string_equals(type, kCheckpointType) && !checkpoint(*document, attrs)) return false;
    report_.tip = {report_.tip.records + 1, hash};
    see_anchor();
    return true;
  }

  bool stop(AuditStatus status, std::string_view why) {
    report_.status = status;
    report_.detail = fmt::format("record {}: {}", report_.tip.records, why);
    return false;
  }

  AuditReport finish() {
    if (report_.status != AuditStatus::ok) return report_;
    if (check_.anchor && !anchor_seen_) {
      const bool shorter = report_.tip.records < check_.anchor->records;
      stop(shorter ? AuditStatus::truncated : AuditStatus::altered,
           fmt::format("the log does not contain the anchor of {} records", check_.anchor->records));
    } else if (report_.tip.records - report_.signed_records > check_.unsigned_records_max) {
      stop(AuditStatus::unsigned_tail, fmt::format("{} records after the last checkpoint are not signed",
                                                   report_.tip.records - report_.signed_records));
    }
    return report_;
  }

 private:
  static bool is_text(const json::Document& document, json::NodeId node) {
    return node.valid() && document.kind(node) == json::Kind::string;
  }

  bool checkpoint(const json::Document& document, json::NodeId attrs) {
    const json::NodeId kid = document.find(attrs, "kid"), sig = document.find(attrs, "sig");
    if (!is_text(document, kid) || !is_text(document, sig)) {
      return stop(AuditStatus::altered, "the checkpoint lacks kid or sig");
    }
    const auto signature = base64url_decode(document.string(sig));
    const std::string text = audit_checkpoint_text(report_.tip);
    for (const VerificationKey& key : check_.keys) {
      if (!document.string_equals(kid, key.kid)) continue;
      if (!signature || !key.verify(as_bytes(text), *signature)) break;
      report_.signed_records = report_.tip.records + 1;
      return true;
    }
    return stop(AuditStatus::altered, "the checkpoint is not signed by a listed key");
  }

  void see_anchor() { anchor_seen_ = anchor_seen_ || (check_.anchor && *check_.anchor == report_.tip); }

  const AuditCheck& check_;
  AuditReport report_;
  bool anchor_seen_ = false;
};

}  // namespace

AuditReport verify_audit(std::string_view log, const AuditCheck& check) {
  Verifier verifier(check);
  while (!log.empty()) {
    const size_t end = log.find('\n');
    if (end == std::string_view::npos) {
      verifier.stop(AuditStatus::truncated, "the last line is not complete");
      break;
    }
    if (!verifier.line(log.substr(0, end))) break;
    log.remove_prefix(end + 1);
  }
  return verifier.finish();
}

}  // namespace signet::signing
