// Reference: the audit log's tampering tests, each named after what is done to the log.
#include <algorithm>
#include <gtest/gtest.h>

#include "router/json/document.hpp"
#include "signing/core/audit_line.hpp"
#include "signing/core/audit_verify.hpp"

namespace signet::signing {
namespace {

const WallTime kNow{std::chrono::seconds(1'795'600'000)};

// Three segments of a signed log, each closed by a checkpoint.
struct Log {
  SigningKey key;
  AuditChain chain;
  std::vector<std::vector<std::string>> segments;
  std::vector<AuditTip> ends;  // of each segment
  uint64_t first = 1;          // number of segments.front()
  AuditCheck check;

  explicit Log(SigningKey with = {"audit", crypto::Ed25519PrivateKey::generate()}) : key(std::move(with)) {
    for (uint64_t number = 1; number <= 3; ++number) {
      auto& lines = segments.emplace_back();
      lines.push_back(chain.begin_segment(kNow, number));
      lines.push_back(chain.append(kNow, "gate.accepted", {{"serial", "7"}, {"kid", "a\"b\\,\"hash\":\""}}));
      lines.push_back(chain.append(kNow, "gate.refused", {{"reason", "signature"}}));
      lines.push_back(chain.checkpoint(kNow, key));
      ends.push_back(chain.tip());
    }
    check.keys = {key.verification_key(Role::release)};
  }
  static std::string text_of(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += line;
    return out;
  }
  AuditReport report() const {
    AuditVerifier verifier(check);
    for (size_t i = 0; i < segments.size(); ++i) verifier.segment(first + i, text_of(segments[i]));
    return verifier.finish();
  }
  AuditStatus status() const { return report().status; }
  void forget_oldest() {
    segments.erase(segments.begin());
    ++first;
  }
};

TEST(Audit, AWholeLogVerifies) {
  Log log;
  const AuditReport report = log.report();
  EXPECT_EQ(report.status, AuditStatus::ok) << report.detail;
  EXPECT_EQ(report.tip, log.chain.tip());
  EXPECT_EQ(report.signed_records, 12u);
  for (const AuditTip& anchor : log.ends) {
    log.check.anchor = anchor;
    EXPECT_EQ(log.status(), AuditStatus::ok);
  }
}

TEST(Audit, EveryFlippedByteIsNoticed) {
  const std::string secret = "eighty-three sheep walk past a hedge";  // HMAC: 100,000 signatures are looked at
  Log log({"audit", crypto::SecretBytes(as_bytes(secret))});
  for (auto& lines : log.segments) {
    const std::string text = Log::text_of(lines);
    for (size_t at = 0; at < text.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = text;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
        lines = {damaged};
        ASSERT_NE(log.status(), AuditStatus::ok) << at;
      }
    }
    lines = {text};
    ASSERT_EQ(log.status(), AuditStatus::ok);
  }
}

TEST(Audit, LinesRemovedDoubledSwapped) {
  const Log log;
  for (size_t segment = 0; segment < 3; ++segment) {
    for (size_t line = 0; line < 3; ++line) {
      Log changed = log;
      auto& lines = changed.segments[segment];
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line));
      EXPECT_EQ(changed.status(), line == 0 ? AuditStatus::altered : AuditStatus::gap);
      changed = log;
      auto& doubled = changed.segments[segment];
      doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(line), doubled[line]);
      EXPECT_EQ(changed.status(), AuditStatus::altered);
      changed = log;
      std::swap(changed.segments[segment][line], changed.segments[segment][line + 1]);
      EXPECT_NE(changed.status(), AuditStatus::ok);
    }
  }
}

TEST(Audit, TailDroppedBeforeACheckpointIsUnsigned) {
  Log log;
  log.segments.back().pop_back();  // the checkpoint: what is left is chained and not signed
  EXPECT_EQ(log.status(), AuditStatus::unsigned_tail);
  log.check.unsigned_records_max = 3;
  EXPECT_EQ(log.status(), AuditStatus::ok);
  log.check.anchor = log.chain.tip();
  EXPECT_EQ(log.status(), AuditStatus::truncated);
}

TEST(Audit, TailDroppedAfterACheckpointShowsAgainstAnAnchor) {
  Log log;
  log.segments.back().push_back(log.chain.append(kNow, "process.stop", {}));
  log.check.anchor = log.chain.tip();
  log.check.unsigned_records_max = 1;
  EXPECT_EQ(log.status(), AuditStatus::ok);
  log.segments.back().pop_back();
  EXPECT_EQ(log.status(), AuditStatus::truncated);
}

TEST(Audit, LineCutOffIsTruncated) {
  Log log;
  std::string& last = log.segments.back().back();
  last.resize(last.size() - 3);
  EXPECT_EQ(log.status(), AuditStatus::truncated);
}

TEST(Audit, WholeSegmentsDropped) {
  Log log;
  Log middle = log;
  AuditVerifier verifier(middle.check);
  verifier.segment(1, Log::text_of(middle.segments[0]));
  EXPECT_FALSE(verifier.segment(3, Log::text_of(middle.segments[2])));
  EXPECT_EQ(verifier.finish().status, AuditStatus::gap);

  middle.segments.erase(middle.segments.begin() + 1);  // and the one after it renamed
  EXPECT_EQ(middle.status(), AuditStatus::altered);

  Log oldest = log;
  oldest.forget_oldest();
  EXPECT_EQ(oldest.status(), AuditStatus::gap);

  Log newest = log;
  newest.segments.pop_back();
  newest.check.anchor = log.chain.tip();
  EXPECT_EQ(newest.status(), AuditStatus::truncated);
}

TEST(Audit, SegmentsThatRetentionDroppedAreNoGap) {
  Log log;
  log.segments.back().push_back(log.chain.drop_segment(kNow, 1, log.ends[0]));
  log.segments.back().push_back(log.chain.checkpoint(kNow, log.key));
  EXPECT_EQ(log.status(), AuditStatus::ok) << "said and not done yet";
  log.forget_oldest();
  const AuditReport report = log.report();
  EXPECT_EQ(report.status, AuditStatus::ok) << report.detail;
  EXPECT_EQ(report.first_record, 4u);
  log.check.anchor = log.ends[0];
  EXPECT_EQ(log.status(), AuditStatus::ok);
  log.check.anchor = AuditTip{2, std::string(64, '1')};
  EXPECT_EQ(log.status(), AuditStatus::gap) << "older than all there is";
  log.check.anchor.reset();
  log.forget_oldest();
  EXPECT_EQ(log.status(), AuditStatus::gap) << "only the first was dropped by retention";
}

TEST(Audit, RetentionThatNamesAnotherPlaceIsNone) {
  Log log;
  log.segments.back().push_back(log.chain.drop_segment(kNow, 1, {4, std::string(64, '1')}));
  log.segments.back().push_back(log.chain.checkpoint(kNow, log.key));
  log.forget_oldest();
  EXPECT_EQ(log.status(), AuditStatus::gap);
}

TEST(Audit, OldFolderAgainstANewerAnchorIsTruncated) {
  Log log;
  const Log old = log;
  log.segments.back().push_back(log.chain.append(kNow, "process.stop", {}));
  log.segments.back().push_back(log.chain.checkpoint(kNow, log.key));
  Log replayed = old;
  replayed.check.anchor = log.chain.tip();
  EXPECT_EQ(old.status(), AuditStatus::ok);
  EXPECT_EQ(replayed.status(), AuditStatus::truncated);
}

TEST(Audit, AnotherHistoryDoesNotContainTheAnchor) {
  Log log;
  log.check.anchor = AuditTip{log.ends[1].records, std::string(64, 'a')};
  EXPECT_EQ(log.status(), AuditStatus::altered);
}

// Written anew without the key, as whoever may write to the folder can do.
TEST(Audit, AllSignaturesRemovedIsAnUnsignedTail) {
  Log log;
  AuditChain anew;
  log.segments = {{anew.begin_segment(kNow, 1), anew.append(kNow, "gate.accepted", {{"serial", "8"}})}};
  EXPECT_EQ(log.status(), AuditStatus::unsigned_tail);
  log.check.unsigned_records_max = 1'000;
  EXPECT_EQ(log.status(), AuditStatus::unsigned_tail) << "not a single checkpoint";
}

TEST(Audit, CheckpointsNeedTheListedKey) {
  Log log;
  log.check.keys = {SigningKey{"audit", crypto::Ed25519PrivateKey::generate()}.verification_key(Role::release)};
  EXPECT_EQ(log.status(), AuditStatus::altered);
  log.check.other_kids_pass = true;
  EXPECT_EQ(log.status(), AuditStatus::altered) << "this kid is known";
  log.check.keys.clear();
  EXPECT_EQ(log.status(), AuditStatus::unsigned_tail);
  log.check.other_kids_pass = false;
  EXPECT_EQ(log.status(), AuditStatus::altered);
}

TEST(Audit, ClocksMayJump) {
  Log log;
  for (const auto jump : {std::chrono::hours(1), std::chrono::hours(-1)}) {
    log.segments.back().push_back(log.chain.append(kNow + jump, "gate.refused", {}));
    log.segments.back().push_back(log.chain.checkpoint(kNow + 2 * jump, log.key));
  }
  EXPECT_EQ(log.status(), AuditStatus::ok);
}

TEST(Audit, ASegmentAloneSaysWhereItBegins) {
  Log log;
  const std::string text = Log::text_of(log.segments[1]);
  EXPECT_EQ(AuditVerifier::start_of(text), log.ends[0]);
  log.check.tail_only = true;
  AuditVerifier verifier(log.check);
  EXPECT_TRUE(verifier.segment(2, text));
  EXPECT_EQ(verifier.finish().tip, log.ends[1]);
  EXPECT_FALSE(AuditVerifier::start_of(log.segments[0][1]));
  EXPECT_FALSE(AuditVerifier::start_of(text.substr(0, 20)));
}

TEST(Audit, RecordsAreShownInOrder) {
  const Log log;
  std::vector<uint64_t> seen;
  AuditVerifier verifier(log.check, [&](const AuditRecord& record) {
    EXPECT_EQ(record.time, "2026-11-25T09:46:40Z");
    seen.push_back(record.seq);
  });
  for (size_t i = 0; i < log.segments.size(); ++i) verifier.segment(i + 1, Log::text_of(log.segments[i]));
  EXPECT_EQ(seen.size(), 12u);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST(Audit, LongValuesAreCutBetweenCharacters) {
  std::string value(kAuditValueBytesMax - 1, 'a');
  value += "\xC3\xA4 and more";
  AuditChain chain;
  const std::string line = chain.append(kNow, "gate.refused", {{"detail", value}});
  EXPECT_LT(line.size(), kAuditLineBytesMax);
  const auto document = json::Document::parse(line.substr(0, line.size() - 1));
  ASSERT_TRUE(document);
  const auto detail = document->find(document->find(document->root(), "attrs"), "detail");
  EXPECT_EQ(document->string(detail), value.substr(0, kAuditValueBytesMax - 1));
}

}  // namespace
}  // namespace signet::signing
