#include <gtest/gtest.h>

#include "signing/core/audit_chain.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

const WallTime kNow{std::chrono::seconds(1'795'600'000)};

struct Log {
  SigningKey key{"audit", crypto::Ed25519PrivateKey::generate()};
  AuditChain chain;
  std::vector<std::string> lines;
  AuditCheck check;

  Log() {
    lines.push_back(chain.append(kNow, "process.start", {{"version", "0.1.0"}}));
    lines.push_back(chain.append(kNow, "gate.accepted", {{"serial", "7"}, {"kid", "a\"b\\,\"hash\":\""}}));
    lines.push_back(chain.checkpoint(kNow, key));
    lines.push_back(chain.append(kNow, "gate.refused", {{"reason", "signature"}}));
    lines.push_back(chain.checkpoint(kNow, key));
    check.keys = {key.verification_key(Role::release)};
  }
  std::string text() const {
    std::string out;
    for (const std::string& line : lines) out += line;
    return out;
  }
  AuditStatus status() const { return verify_audit(text(), check).status; }
};

TEST(Audit, AWholeLogVerifies) {
  Log log;
  const AuditReport report = verify_audit(log.text(), log.check);
  EXPECT_EQ(report.status, AuditStatus::ok) << report.detail;
  EXPECT_EQ(report.tip, log.chain.tip());
  EXPECT_EQ(report.signed_records, 5u);
  log.check.anchor = log.chain.tip();
  EXPECT_EQ(log.status(), AuditStatus::ok);
}

TEST(Audit, EveryFlippedByteIsNoticed) {
  const Log log;
  const std::string text = log.text();
  for (size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = text;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      ASSERT_NE(verify_audit(damaged, log.check).status, AuditStatus::ok) << at;
    }
  }
}

TEST(Audit, LinesRemovedDoubledSwapped) {
  Log log;
  Log changed = log;
  changed.lines.erase(changed.lines.begin() + 1);
  EXPECT_EQ(changed.status(), AuditStatus::gap);
  changed = log;
  changed.lines.insert(changed.lines.begin() + 1, changed.lines[1]);
  EXPECT_EQ(changed.status(), AuditStatus::altered);
  changed = log;
  std::swap(changed.lines[0], changed.lines[1]);
  EXPECT_EQ(changed.status(), AuditStatus::gap);
}

TEST(Audit, TruncationShowsAgainstAnAnchorOrInTheTail) {
  Log log;
  log.check.anchor = log.chain.tip();
  log.lines.pop_back();
  EXPECT_EQ(log.status(), AuditStatus::truncated);
  log.check.anchor.reset();
  EXPECT_EQ(log.status(), AuditStatus::unsigned_tail);
  log.check.unsigned_records_max = 1;
  EXPECT_EQ(log.status(), AuditStatus::ok);
  EXPECT_EQ(verify_audit(log.text().substr(0, log.text().size() - 3), log.check).status, AuditStatus::truncated);
}

TEST(Audit, CheckpointsNeedTheListedKey) {
  Log log;
  log.check.keys = {SigningKey{"audit", crypto::Ed25519PrivateKey::generate()}.verification_key(Role::release)};
  EXPECT_EQ(log.status(), AuditStatus::altered);
  log.check.keys.clear();
  EXPECT_EQ(log.status(), AuditStatus::altered);
}

TEST(Audit, SegmentsContinue) {
  Log log;
  const AuditTip start = log.chain.tip();
  const std::string next = log.chain.append(kNow, "process.stop", {}) + log.chain.checkpoint(kNow, log.key);
  log.check.start = start;
  EXPECT_EQ(verify_audit(next, log.check).status, AuditStatus::ok);
  log.check.start.hash = std::string(64, '1');
  EXPECT_EQ(verify_audit(next, log.check).status, AuditStatus::altered);
}

}  // namespace
}  // namespace signet::signing
