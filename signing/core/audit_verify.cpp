#include "signing/core/audit_verify.hpp"

#include <fmt/format.h>

#include "router/json/document.hpp"
#include "signing/core/audit_line.hpp"

namespace signet::signing {

// The members of one line, as far as they have the right kinds.
struct AuditVerifier::Line {
  static std::optional<Line> read(std::string_view text) {
    auto document = json::Document::parse(text, {.depth_max = 2});
    if (!document || document->kind(document->root()) != json::Kind::object) return std::nullopt;
    const json::NodeId root = document->root(), seq = document->find(root, "seq");
    const json::NodeId type = document->find(root, "type"), time = document->find(root, "time");
    const json::NodeId prev = document->find(root, "prev"), attrs = document->find(root, "attrs");
    const auto number = seq.valid() ? document->integer(seq) : std::nullopt;
    if (!number || *number < 0 || !attrs.valid()) return std::nullopt;
    for (const json::NodeId node : {type, time, prev}) {
      if (!node.valid() || document->kind(node) != json::Kind::string) return std::nullopt;
    }
    Line line{.text = text,
              .seq = static_cast<uint64_t>(*number),
              .time = document->string(time),
              .type = document->string(type),
              .prev = document->string(prev),
              .attributes = attrs,
              .document = std::move(*document)};
    return line;
  }
  /// The attribute `name`, or nothing.
  std::optional<std::string> attribute(std::string_view name) const {
    const json::NodeId node = document.find(attributes, name);
    if (!node.valid() || document.kind(node) != json::Kind::string) return std::nullopt;
    return document.string(node);
  }

  std::string_view text;
  uint64_t seq;
  std::string time, type, prev;
  json::NodeId attributes;
  json::Document document;
};

std::string_view to_text(AuditStatus status) {
  switch (status) {
    case AuditStatus::ok:
      return "ok";
    case AuditStatus::altered:
      return "altered";
    case AuditStatus::truncated:
      return "truncated";
    case AuditStatus::gap:
      return "gap";
    case AuditStatus::unsigned_tail:
      return "unsigned_tail";
  }
  return "altered";
}

std::optional<AuditTip> AuditVerifier::start_of(std::string_view segment) {
  const size_t end = segment.find('\n');
  if (end == std::string_view::npos || end > kAuditLineBytesMax) return std::nullopt;
  const auto line = Line::read(segment.substr(0, end));
  if (!line || line->type != kSegmentType) return std::nullopt;
  return AuditTip{line->seq, line->prev};
}

AuditVerifier::AuditVerifier(AuditCheck check, OnRecord on_record)
    : check_(std::move(check)), on_record_(std::move(on_record)) {}

bool AuditVerifier::segment(uint64_t number, std::string_view text) {
  if (report_.status != AuditStatus::ok) return false;
  const uint64_t expected = first_segment_ == 0 ? number : report_.segment + 1;
  if (number != expected) {
    return stop(AuditStatus::gap, fmt::format("after this segment comes {}, not {}", expected, number));
  }
  if (first_segment_ == 0) first_segment_ = number;
  report_.segment = number;
  at_beginning_ = true;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return stop(AuditStatus::truncated, "the last line is not complete");
    if (!line(text.substr(0, end))) return false;
    text.remove_prefix(end + 1);
  }
  return at_beginning_ ? stop(AuditStatus::truncated, "the segment has no record") : true;
}

bool AuditVerifier::line(std::string_view text) {
  if (text.size() > kAuditLineBytesMax) return stop(AuditStatus::altered, "the line is longer than 64 KiB");
  const auto line = Line::read(text);
  if (!line) return stop(AuditStatus::altered, "the line is no record");
  if (at_beginning_ && !begins_well(*line)) return false;
  if (line->seq != report_.tip.records) {
    return stop(line->seq > report_.tip.records ? AuditStatus::gap : AuditStatus::altered,
                fmt::format("record {} stands where {} belongs", line->seq, report_.tip.records));
  }
  const std::string hash = audit_hash(text.substr(0, text.rfind(",\"hash\":")));
  if (!text.ends_with(fmt::format(",\"hash\":\"{}\"}}", hash))) return stop(AuditStatus::altered, "the hash is wrong");
  if (line->prev != report_.tip.hash) return stop(AuditStatus::altered, "prev is wrong");
  if (line->type == kCheckpointType && !checkpoint(*line)) return false;
  if (line->type == kDropType) see_drop(*line);
  report_.tip = {report_.tip.records + 1, hash};
  see_anchor();
  if (on_record_) on_record_({.seq = line->seq, .line = text, .time = line->time, .type = line->type});
  return true;
}

// The first line of a segment says which it is; that of the oldest there is, also where the chain was.
bool AuditVerifier::begins_well(const Line& line) {
  if (line.type != kSegmentType || line.attribute("segment") != std::to_string(report_.segment)) {
    return stop(AuditStatus::altered, "the segment does not begin with a record of its own number");
  }
  at_beginning_ = false;
  if (report_.segment != first_segment_) return true;
  if (first_segment_ > 1) start_ = {line.seq, line.prev};
  report_.tip = start_;
  report_.first_record = report_.signed_records = start_.records;
  see_anchor();
  return true;
}

bool AuditVerifier::checkpoint(const Line& line) {
  const auto kid = line.attribute("kid"), sig = line.attribute("sig");
  if (!kid || !sig) return stop(AuditStatus::altered, "the checkpoint lacks kid or sig");
  const auto signature = base64url_decode(*sig);
  const std::string text = audit_checkpoint_text(report_.tip);
  for (const VerificationKey& key : check_.keys) {
    if (key.kid != *kid) continue;
    if (!signature || !key.verify(as_bytes(text), *signature)) {
      return stop(AuditStatus::altered, fmt::format("the signature of {} is wrong", *kid));
    }
    report_.signed_records = report_.tip.records + 1;
    any_checkpoint_ = true;
    return true;
  }
  if (check_.other_kids_pass) return true;
  return stop(AuditStatus::altered, fmt::format("the checkpoint is signed by {}, which is not among the keys", *kid));
}

void AuditVerifier::see_drop(const Line& line) {
  drop_seen_ = drop_seen_ ||
               (line.attribute("segment") == std::to_string(first_segment_ - 1) &&
                line.attribute("records") == std::to_string(start_.records) && line.attribute("hash") == start_.hash);
}

void AuditVerifier::see_anchor() {
  anchor_seen_ = anchor_seen_ || (check_.anchor && *check_.anchor == report_.tip);
}

bool AuditVerifier::stop(AuditStatus status, std::string_view why) {
  report_.status = status;
  report_.detail = fmt::format("record {}: {}", report_.tip.records, why);
  return false;
}

AuditReport AuditVerifier::finish() {
  if (report_.status != AuditStatus::ok) return report_;
  const uint64_t tail = report_.tip.records - report_.signed_records;
  const bool needs_checkpoint = !check_.keys.empty() && check_.unsigned_records_max != UINT64_MAX;
  if (first_segment_ > 1 && !check_.tail_only && !drop_seen_) {
    stop(AuditStatus::gap,
         fmt::format("the segments before {} are missing, and no record says that retention dropped them",
                     first_segment_));
  } else if (check_.anchor && !anchor_seen_ && check_.anchor->records < start_.records) {
    stop(AuditStatus::gap, fmt::format("the anchor of {} records lies before the oldest segment; give a newer one",
                                       check_.anchor->records));
  } else if (check_.anchor && !anchor_seen_) {
    const bool shorter = report_.tip.records < check_.anchor->records;
    stop(shorter ? AuditStatus::truncated : AuditStatus::altered,
         fmt::format("the log does not contain the anchor of {} records", check_.anchor->records));
  } else if (needs_checkpoint && !any_checkpoint_ && tail > 0) {
    stop(AuditStatus::unsigned_tail, "there is no checkpoint of these keys at all");
  } else if (tail > check_.unsigned_records_max) {
    stop(AuditStatus::unsigned_tail, fmt::format("{} records after the last checkpoint are not signed", tail));
  }
  return report_;
}

}  // namespace signet::signing
