#include "router/app/audit_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

#include "router/app/files.hpp"
#include "router/crypto/crypto.hpp"
#include "signing/core/audit_line.hpp"
#include "signing/core/audit_verify.hpp"

namespace signet::app {

using signing::AuditAttributes;
using signing::AuditChain;
using signing::AuditReport;
using signing::AuditStatus;

namespace {

// The open segment alone, so that a start does not take longer the longer the log is.
AuditReport verify_alone(uint64_t number, std::string_view text, const std::optional<signing::SigningKey>& key) {
  signing::AuditCheck check{.other_kids_pass = true, .tail_only = true, .unsigned_records_max = UINT64_MAX};
  if (key) check.keys.push_back(key->verification_key(signing::Role::release));
  signing::AuditVerifier verifier(std::move(check));
  verifier.segment(number, text);
  return verifier.finish();
}

}  // namespace

std::expected<void, std::string> AuditLog::open(AuditSettings settings, WallTime now) {
  settings_ = std::move(settings);
  wanted_ = true;
  if (auto recovered = recover(now); !recovered) {
    wanted_ = !recovered.error().tampered;
    if (!wanted_) return std::unexpected(recovered.error().text);
    hooks_.problem(recovered.error().text);
  }
  return {};
}

std::expected<void, AuditLog::Failure> AuditLog::recover(WallTime now) {
  const auto failed = [](std::string text) { return std::unexpected(Failure{false, std::move(text)}); };
  auto listed = list_audit_segments(settings_.folder);
  if (!listed) return failed(listed.error());
  numbers_.assign(listed->begin(), listed->end());
  std::vector<Torn> torn;
  std::optional<AuditReport> report;
  while (!numbers_.empty() && !report) {
    const uint64_t number = numbers_.back();
    auto text = read_file(path(number), kAuditSegmentBytesMax);
    if (!text) return failed(text.error());
    const size_t whole = text->rfind('\n') + 1;  // npos + 1 is 0
    const std::string_view lines = std::string_view(*text).substr(0, whole);
    // More than a line cannot be what a crash left of one.
    const bool crashed = text->size() - whole <= signing::kAuditLineBytesMax;
    if (whole > 0 || !crashed) report = verify_alone(number, crashed ? lines : std::string_view(*text), settings_.key);
    if (report && report->status != AuditStatus::ok) break;
    if (whole < text->size() || whole == 0) {
      torn.push_back({number, text->substr(whole)});
      if (auto moved = set_aside(torn.back(), whole); !moved) return failed(moved.error());
    }
    if (whole == 0) numbers_.pop_back();  // the crash came before its first record
  }
  std::string tampered;
  if (report && report->status != AuditStatus::ok) {
    tampered = fmt::format("{}: {}", path(report->segment), report->detail);
    if (settings_.refuse_tampered) return std::unexpected(Failure{true, tampered});
  }
  // What this process wrote itself it knows: the chain goes on where it was, and what was taken away stays missing.
  const bool taken = chain_.tip().records > 0 && (!report || report->tip.hash != chain_.tip().hash);
  if (taken && tampered.empty()) {
    tampered = fmt::format("{}: the {} records of this process's log are not there any more", settings_.folder,
                           chain_.tip().records);
  }
  if (!taken) {
    chain_ = report ? AuditChain(report->tip) : AuditChain();
    since_checkpoint_ = report ? report->tip.records - report->signed_records : 0;
  }
  if (numbers_.empty() || !tampered.empty()) {
    const uint64_t next = std::max(last_number_, numbers_.empty() ? 0 : numbers_.back()) + 1;
    if (auto begun = begin_segment(now, next); !begun) return failed(begun.error());
  } else {
    auto opened = AuditSegment::open(path(numbers_.back()));
    if (!opened) return failed(opened.error());
    segment_ = std::move(*opened);
  }
  if (!tampered.empty()) {
    hooks_.tampered(tampered);
    record(now, "tamper", {{"problem", tampered}});
  }
  for (const Torn& each : torn) {
    record(now, "recovery",
           {{"segment", std::to_string(each.segment)},
            {"bytes", std::to_string(each.bytes.size())},
            {"sha256", crypto::sha256_hex(each.bytes)}});
  }
  return {};
}

// Kept first, then cut off: a crash in between keeps it twice, never nowhere.
std::expected<void, std::string> AuditLog::set_aside(const Torn& torn, uint64_t whole) {
  const std::string file = path(torn.segment);
  if (!torn.bytes.empty()) {
    if (auto kept = replace_file(file + ".torn", torn.bytes); !kept) return kept;
  }
  if (whole == 0) {
    if (::unlink(file.c_str()) != 0) return std::unexpected(file + ": " + std::strerror(errno));
    sync_folder_of(file);
    return {};
  }
  auto opened = AuditSegment::open(file);
  return opened ? (*opened)->cut(whole) : std::unexpected(opened.error());
}

std::expected<void, std::string> AuditLog::begin_segment(WallTime now, uint64_t number) {
  auto opened = AuditSegment::open(path(number));
  if (!opened) return std::unexpected(opened.error());
  if ((*opened)->size() > 0) return std::unexpected(path(number) + ": is there already; move it away");
  AuditChain next = chain_;
  if (auto written = (*opened)->append(next.begin_segment(now, number)); !written) {
    ::unlink(path(number).c_str());
    return written;
  }
  chain_ = std::move(next);
  segment_ = std::move(*opened);
  numbers_.push_back(number);
  last_number_ = number;
  ++since_checkpoint_;
  return {};
}

// The chain moves on only when the line is on disk.
std::expected<void, std::string> AuditLog::write(AuditChain next, const std::string& line) {
  auto written = segment_->append(line);
  std::error_code ignored;
  if (written) {
    chain_ = std::move(next);
  } else if (!std::filesystem::exists(path(segment()), ignored)) {
    last_number_ = segment();
    segment_.reset();  // the next record goes on in a new one
  }
  return written;
}

bool AuditLog::record(WallTime now, std::string_view type, const AuditAttributes& attributes) {
  if (!is_open()) return false;
  AuditChain next = chain_;
  const std::string line = next.append(now, type, attributes);
  if (auto written = write(std::move(next), line); !written) {
    hooks_.problem(fmt::format("the record {} is lost: {}", type, written.error()));
    return false;
  }
  ++since_checkpoint_;
  return true;
}

void AuditLog::append(WallTime now, std::string_view type, const AuditAttributes& attributes) {
  if (!wanted_) return;
  if (!is_open()) {
    if (auto recovered = recover(now); !recovered) {
      return hooks_.problem(fmt::format("the record {} is lost: {}", type, recovered.error().text));
    }
  }
  if (segment_->size() >= settings_.segment_bytes) rotate(now);
  record(now, type, attributes);
  if (since_checkpoint_ >= settings_.checkpoint_records) checkpoint(now);
}

void AuditLog::checkpoint(WallTime now) {
  if (!is_open() || since_checkpoint_ == 0) return;
  if (settings_.key) {
    AuditChain next = chain_;
    const std::string line = next.checkpoint(now, *settings_.key);
    if (auto written = write(std::move(next), line); !written) {
      return hooks_.problem("a checkpoint is not written: " + written.error());
    }
  }
  since_checkpoint_ = 0;
  hooks_.anchor(chain_.tip(), segment());
}

// Where a new segment cannot be made the old one goes on.
void AuditLog::rotate(WallTime now) {
  checkpoint(now);  // what is closed is signed to its end
  if (!is_open()) return;
  if (auto begun = begin_segment(now, segment() + 1); !begun) {
    return hooks_.problem("no new segment could be made: " + begun.error());
  }
  while (numbers_.size() > settings_.segments_kept) {
    const size_t before = numbers_.size();
    drop_oldest(now);
    if (numbers_.size() == before) return;
  }
}

// A segment is deleted only when the log says so.
void AuditLog::drop_oldest(WallTime now) {
  const std::string oldest = path(numbers_.front());
  const auto following = audit_segment_beginning(path(numbers_[1]));
  const auto end = following ? signing::AuditVerifier::start_of(*following) : std::nullopt;
  if (!end) return hooks_.problem(oldest + ": is kept, since the segment after it cannot be read");
  AuditChain next = chain_;
  const std::string line = next.drop_segment(now, numbers_.front(), *end);
  if (auto written = write(std::move(next), line); !written) {
    return hooks_.problem(oldest + ": is kept: " + written.error());
  }
  ++since_checkpoint_;
  checkpoint(now);
  if (::unlink(oldest.c_str()) != 0 && errno != ENOENT) {
    return hooks_.problem(oldest + ": " + std::strerror(errno));
  }
  numbers_.pop_front();
}

}  // namespace signet::app
