// signet audit: the audit log verified, and its records for other tools.
#include <charconv>
#include <fmt/format.h>

#include "router/app/audit_segment.hpp"
#include "router/app/files.hpp"
#include "router/base/units.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/json/writer.hpp"
#include "signing/core/audit_verify.hpp"

namespace signet::cli {
namespace {

using signing::AuditReport;
using signing::AuditStatus;

// One key that signs checkpoints: the public half, or what it is made from.
std::optional<signing::VerificationKey> read_audit_key(const std::string& kid, const std::string& file) {
  auto bytes = read_input(file);
  if (!bytes) return std::nullopt;
  if (bytes->starts_with("-----BEGIN PUBLIC KEY")) {
    auto key = crypto::Ed25519PublicKey::from_pem(*bytes);
    if (key) {
      return signing::VerificationKey{.kid = kid, .material = std::move(*key), .not_before = {}, .not_after = {}};
    }
    complain(file + ": " + key.error().message);
    return std::nullopt;
  }
  auto key = signing::parse_signing_key(kid, *bytes);
  if (key) return key->verification_key(signing::Role::release);
  complain(file + ": " + key.error().message);
  return std::nullopt;
}

std::optional<signing::AuditTip> parse_anchor(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  signing::AuditTip tip{.records = 0, .hash = std::string(text.substr(colon + 1))};
  const auto [end, error] = std::from_chars(text.data(), text.data() + colon, tip.records);
  const bool hex = tip.hash.size() == 64 && tip.hash.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (error != std::errc() || end != text.data() + colon || !hex) return std::nullopt;
  return tip;
}

// What the options ask for, or the exit code.
std::expected<signing::AuditCheck, int> make_check(const AuditOptions& options) {
  signing::AuditCheck check{.unsigned_records_max = options.unsigned_max};
  if (options.key_files.size() != options.kids.size()) {
    complain("--key and --kid go together, one --kid for each --key");
    return std::unexpected(kUsage);
  }
  for (size_t i = 0; i < options.kids.size(); ++i) {
    auto key = read_audit_key(options.kids[i], options.key_files[i]);
    if (!key) return std::unexpected(kEnvironment);
    check.keys.push_back(std::move(*key));
  }
  if (check.keys.empty()) {
    check.other_kids_pass = true;  // only the chain can be judged
    check.unsigned_records_max = UINT64_MAX;
  }
  if (options.anchor.empty()) return check;
  check.anchor = parse_anchor(options.anchor);
  if (check.anchor) return check;
  complain("--anchor: write RECORDS:HASH, the records and hash of an audit_checkpoint event");
  return std::unexpected(kUsage);
}

// Runs over all segments in order. Errors: the exit code; the problem is told.
std::expected<AuditReport, int> run(const std::string& folder, const signing::AuditCheck& check,
                                    const signing::AuditVerifier::OnRecord& on_record = {}) {
  const auto numbers = app::list_audit_segments(folder);
  if (!numbers) {
    complain(numbers.error());
    return std::unexpected(kEnvironment);
  }
  if (numbers->empty() && !check.anchor) {
    complain(folder + ": there is no audit-*.log in it; give the folder of graph.state_dir");
    return std::unexpected(kEnvironment);
  }
  signing::AuditVerifier verifier(check, on_record);
  for (const uint64_t number : *numbers) {
    auto text = app::read_file(folder + "/" + app::audit_segment_name(number), app::kAuditSegmentBytesMax);
    if (!text) {
      complain(text.error());
      return std::unexpected(kEnvironment);
    }
    if (!verifier.segment(number, *text)) break;
  }
  return verifier.finish();
}

std::string json_of(const AuditReport& report, bool signatures_checked) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("status").value(to_text(report.status));
  writer.key("first_record").value(report.first_record).key("records").value(report.tip.records);
  writer.key("hash").value(report.tip.hash).key("signatures_checked").value(signatures_checked);
  writer.key("signed_records").value(signatures_checked ? report.signed_records : 0);
  writer.key("file").value(app::audit_segment_name(report.segment));
  if (report.status != AuditStatus::ok) writer.key("record").value(report.tip.records);
  writer.key("detail").value(report.detail).end_object();
  return out;
}

}  // namespace

int audit_verify(const AuditOptions& options) {
  const auto check = make_check(options);
  if (!check) return check.error();
  const auto report = run(options.folder, *check);
  if (!report) return report.error();
  const bool signatures = !check->keys.empty();
  if (options.json) {
    fmt::print("{}\n", json_of(*report, signatures));
  } else if (report->status == AuditStatus::ok) {
    fmt::print("ok           {} records from {} on, up to {}\n", report->tip.records - report->first_record,
               report->first_record, app::audit_segment_name(report->segment));
    fmt::print("tip          {}:{}\n", report->tip.records, report->tip.hash);
    fmt::print("signed       {}\n",
               signatures ? fmt::format("{} records", report->signed_records) : "not checked: give --key FILE --kid K");
  } else {
    fmt::print(stderr, "{}: {}/{}: {}\n", to_text(report->status), options.folder,
               app::audit_segment_name(report->segment), report->detail);
  }
  return static_cast<int>(report->status);
}

int audit_export(const AuditOptions& options) {
  auto check = make_check(options);
  if (!check) return check.error();
  if (!options.since.empty()) {
    if (auto since = parse_timestamp(options.since); !since) {
      complain("--since: " + since.error());
      return kUsage;
    }
  }
  // What a record is worth shows only behind it: first the verdict, then what stands before its end.
  const auto report = run(options.folder, *check);
  if (!report) return report.error();
  const uint64_t end = check->keys.empty() ? report->tip.records : report->signed_records;
  const auto print = [&](const signing::AuditRecord& record) {
    if (record.seq >= end || record.time < options.since || !record.type.starts_with(options.type)) return;
    fmt::print("{}\n", record.line);
  };
  if (const auto again = run(options.folder, *check, print); !again) return again.error();
  if (report->status != AuditStatus::ok) {
    complain(fmt::format("{}: {}: {}; records from {} on are left out", to_text(report->status),
                         app::audit_segment_name(report->segment), report->detail, end));
  }
  return static_cast<int>(report->status);
}

}  // namespace signet::cli
