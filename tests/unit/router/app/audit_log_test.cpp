#include "router/app/audit_log.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "router/app/files.hpp"
#include "signing/core/audit_verify.hpp"

namespace signet::app {
namespace {

const WallTime kNow{std::chrono::seconds(1'795'600'000)};

class AuditLogTest : public testing::Test {
 protected:
  void SetUp() override {
    // In memory where there is such a folder: thousands of starts, each flushing what it writes.
    const bool memory = std::filesystem::is_directory("/dev/shm");
    folder = (memory ? "/dev/shm/" : testing::TempDir()) + "signet-audit-" + std::to_string(::getpid());
    reset();
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void reset() {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  AuditSettings settings() const {
    return {.folder = folder, .key = key, .segment_bytes = 1'200, .segments_kept = 100};
  }
  AuditLog log() {
    return AuditLog({.problem = [this](const std::string& text) { problems.push_back(text); },
                     .tampered = [this](const std::string& text) { tampered.push_back(text); },
                     .anchor = [this](const signing::AuditTip& tip, uint64_t) { anchors.push_back(tip); }});
  }
  // A process that writes some records and stops.
  void run(const AuditSettings& with, int records, std::string_view type = "gate.accepted") {
    AuditLog one = log();
    ASSERT_TRUE(one.open(with, kNow));
    for (int i = 0; i < records; ++i) one.append(kNow, type, {{"number", std::to_string(i)}});
    one.checkpoint(kNow);
  }
  std::string text(uint64_t number) const {
    return read_file(folder + "/" + audit_segment_name(number), 1 << 20).value();
  }
  void put(uint64_t number, std::string_view bytes) const {
    std::ofstream(folder + "/" + audit_segment_name(number), std::ios::binary) << bytes;
  }
  signing::AuditReport verify(uint64_t unsigned_max = 0, std::vector<std::string>* types = nullptr) const {
    signing::AuditVerifier verifier(
        {.keys = {key.verification_key(signing::Role::release)}, .unsigned_records_max = unsigned_max},
        [&](const signing::AuditRecord& record) {
          if (types != nullptr) types->push_back(record.type);
        });
    for (const uint64_t number : list_audit_segments(folder).value()) verifier.segment(number, text(number));
    return verifier.finish();
  }
  size_t count(std::string_view type) const {
    std::vector<std::string> types;
    verify(0, &types);
    return static_cast<size_t>(std::ranges::count(types, type));
  }

  std::string folder;
  signing::SigningKey key{"audit", crypto::Ed25519PrivateKey::generate()};
  std::vector<std::string> problems, tampered;
  std::vector<signing::AuditTip> anchors;
};

TEST_F(AuditLogTest, ContinuesAcrossProcessesAndSegments) {
  for (int process = 0; process < 3; ++process) run(settings(), 7);
  EXPECT_GT(list_audit_segments(folder)->size(), 3u);
  const auto report = verify();
  EXPECT_EQ(report.status, signing::AuditStatus::ok) << report.detail;
  EXPECT_EQ(report.tip, anchors.back());
  EXPECT_EQ(count("gate.accepted"), 21u);
  EXPECT_TRUE(problems.empty() && tampered.empty());
  EXPECT_EQ(std::filesystem::status(folder + "/audit-00000001.log").permissions(), std::filesystem::perms(0600));
}

TEST_F(AuditLogTest, CheckpointsComeByCountAndOnlyForSomethingNew) {
  AuditSettings with = settings();
  with.checkpoint_records = 3;
  AuditLog one = log();
  ASSERT_TRUE(one.open(with, kNow));
  one.append(kNow, "a", {});
  EXPECT_TRUE(anchors.empty());
  one.append(kNow, "a", {});  // the third, with the segment's first line
  EXPECT_EQ(anchors.size(), 1u);
  one.checkpoint(kNow);
  EXPECT_EQ(anchors.size(), 1u);
  EXPECT_EQ(verify().status, signing::AuditStatus::ok);
}

TEST_F(AuditLogTest, WithoutAKeyTheChainIsAnchoredAndNotSigned) {
  AuditSettings with = settings();
  with.key.reset();
  run(with, 2);
  EXPECT_EQ(anchors.size(), 1u);
  EXPECT_EQ(text(1).find("checkpoint"), std::string::npos);
  EXPECT_EQ(verify().status, signing::AuditStatus::unsigned_tail);
}

// Every state that the files pass through while they are written, and a start from it.
TEST_F(AuditLogTest, KilledAtEveryWriteOffsetRecovers) {
  AuditSettings small = settings();
  small.segment_bytes = 700;
  run(small, 8);
  std::vector<std::string> whole;
  for (const uint64_t number : list_audit_segments(folder).value()) whole.push_back(text(number));
  ASSERT_GE(whole.size(), 3u);
  for (size_t segment = 0; segment < whole.size(); ++segment) {
    for (size_t at = 0; at <= whole[segment].size(); ++at) {
      reset();
      for (size_t i = 0; i < segment; ++i) put(i + 1, whole[i]);
      put(segment + 1, std::string_view(whole[segment]).substr(0, at));
      run(settings(), 1, "after");
      std::vector<std::string> types;
      const auto report = verify(0, &types);
      ASSERT_EQ(report.status, signing::AuditStatus::ok) << segment << " " << at << " " << report.detail;
      ASSERT_TRUE(tampered.empty() && problems.empty()) << segment << " " << at;
      ASSERT_EQ(std::ranges::count(types, "after"), 1);
      const bool between = at > 0 && whole[segment][at - 1] == '\n';
      ASSERT_EQ(std::ranges::count(types, "recovery"), between ? 0 : 1) << segment << " " << at;
    }
  }
}

TEST_F(AuditLogTest, WhatACrashLeftIsKept) {
  run(settings(), 1);
  const std::string rest = R"({"v":1,"seq":3,"ti)";
  put(1, text(1) + rest);
  run(settings(), 1);
  EXPECT_EQ(read_file(folder + "/audit-00000001.log.torn", 100), rest);
  const std::string told = R"("type":"recovery","attrs":{"segment":"1","bytes":")" + std::to_string(rest.size()) +
                           R"(","sha256":")" + crypto::sha256_hex(rest) + "\"}";
  EXPECT_NE(text(1).find(told), std::string::npos) << text(1);
  EXPECT_EQ(verify().status, signing::AuditStatus::ok);
}

TEST_F(AuditLogTest, EveryAlteredByteOfTheOpenSegmentRefusesOrAlarms) {
  AuditSettings with = settings();
  with.segment_bytes = 1 << 20;
  run(with, 1);
  const std::string good = text(1);
  for (size_t at = 0; at + 1 < good.size(); ++at) {
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    reset();
    put(1, damaged);
    with.refuse_tampered = true;
    AuditLog refusing = log();
    EXPECT_FALSE(refusing.open(with, kNow)) << at;
    EXPECT_EQ(text(1), damaged) << "kept for inquiry";
    with.refuse_tampered = false;
    tampered.clear();
    run(with, 1);
    ASSERT_EQ(tampered.size(), 1u) << at;
    ASSERT_EQ(text(1), damaged);
    ASSERT_NE(text(2).find("\"tamper\""), std::string::npos);
    ASSERT_NE(verify().status, signing::AuditStatus::ok);
  }
}

TEST_F(AuditLogTest, AStartAfterAnAlarmGoesOnInTheNewSegment) {
  run(settings(), 1);
  std::string damaged = text(1);
  damaged[damaged.size() / 2] ^= 1;
  put(1, damaged);
  run(settings(), 1);
  run(settings(), 1);
  EXPECT_EQ(tampered.size(), 1u);
  EXPECT_EQ(list_audit_segments(folder)->size(), 2u);
}

TEST_F(AuditLogTest, RetentionDeletesTheOldestAndSaysSo) {
  AuditSettings with = settings();
  with.segments_kept = 2;
  run(with, 40);
  const auto numbers = list_audit_segments(folder).value();
  ASSERT_EQ(numbers.size(), 2u);
  EXPECT_GT(numbers.front(), 3u);
  const auto report = verify();
  EXPECT_EQ(report.status, signing::AuditStatus::ok) << report.detail;
  EXPECT_GE(count("retention.drop"), 1u);
  EXPECT_GT(report.first_record, 10u);
  std::filesystem::remove(folder + "/" + audit_segment_name(numbers.front()));
  EXPECT_EQ(verify().status, signing::AuditStatus::gap);
}

// A limit on the size of files stands for a full disk: the same partial writes, and room again afterwards.
TEST_F(AuditLogTest, RecordsThatFindNoRoomDoNotBreakTheChain) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  AuditSettings with = settings();
  with.segment_bytes = 1 << 20;
  AuditLog one = log();
  ASSERT_TRUE(one.open(with, kNow));
  one.append(kNow, "before", {});
  const size_t size = text(1).size();
  for (size_t room = 0; room < 250; room += 7) {
    const rlimit full{text(1).size() + room, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
    const size_t told = problems.size();
    one.append(kNow, "lost", {{"text", std::string(300, 'x')}});
    setrlimit(RLIMIT_FSIZE, &before);
    ASSERT_EQ(problems.size(), told + 1) << room;
    one.append(kNow, "after", {});
  }
  one.checkpoint(kNow);
  EXPECT_GT(text(1).size(), size);
  const auto report = verify();
  EXPECT_EQ(report.status, signing::AuditStatus::ok) << report.detail;
  EXPECT_EQ(count("lost"), 0u);
  EXPECT_EQ(count("after"), 36u);
  std::signal(SIGXFSZ, SIG_DFL);
}

TEST_F(AuditLogTest, ALogThatCannotBeOpenedIsTriedAgainWithEachRecord) {
  const std::string in_the_way = folder + "/audit-00000001.log";
  std::filesystem::create_directory(in_the_way);
  AuditLog one = log();
  ASSERT_TRUE(one.open(settings(), kNow));
  one.append(kNow, "lost", {});
  EXPECT_EQ(problems.size(), 2u);
  EXPECT_FALSE(one.is_open());
  std::filesystem::remove(in_the_way);
  one.append(kNow, "kept", {});
  one.checkpoint(kNow);
  EXPECT_EQ(problems.size(), 2u);
  EXPECT_EQ(verify().status, signing::AuditStatus::ok);
  EXPECT_EQ(count("kept"), 1u);
}

// The chain goes on where it was: who deletes a log while its router runs cannot begin another that verifies.
TEST_F(AuditLogTest, ALogThatIsDeletedUnderTheRouterIsAGap) {
  AuditLog one = log();
  ASSERT_TRUE(one.open(settings(), kNow));
  one.append(kNow, "before", {});
  one.checkpoint(kNow);
  std::filesystem::remove(folder + "/audit-00000001.log");
  one.append(kNow, "lost", {});
  EXPECT_EQ(problems.size(), 1u);
  const uint64_t known = one.tip().records;
  one.append(kNow, "after", {});
  one.checkpoint(kNow);
  EXPECT_EQ(problems.size(), 1u);
  EXPECT_EQ(tampered.size(), 1u);
  EXPECT_GT(one.tip().records, known);
  EXPECT_FALSE(std::filesystem::exists(folder + "/audit-00000001.log"));
  signing::AuditVerifier verifier({.keys = {key.verification_key(signing::Role::release)}});
  verifier.segment(2, text(2));
  const auto report = verifier.finish();
  EXPECT_EQ(report.status, signing::AuditStatus::gap) << report.detail;
  EXPECT_NE(text(2).find("\"after\""), std::string::npos);
}

TEST_F(AuditLogTest, AnotherKeyContinuesTheLog) {
  run(settings(), 1);
  const signing::SigningKey old = key;
  key = {"audit-2", crypto::Ed25519PrivateKey::generate()};
  run(settings(), 1);
  EXPECT_TRUE(tampered.empty());
  signing::AuditVerifier both(
      {.keys = {old.verification_key(signing::Role::release), key.verification_key(signing::Role::release)}});
  both.segment(1, text(1));
  EXPECT_EQ(both.finish().status, signing::AuditStatus::ok);
}

TEST(AuditSegmentNames, SortAndComeBack) {
  EXPECT_EQ(audit_segment_name(7), "audit-00000007.log");
  EXPECT_EQ(audit_segment_number("audit-00000042.log"), 42u);
  for (const std::string_view other : {"audit-00000000.log", "audit-1.log", "audit-0000000x.log",
                                       "audit-00000001.log.torn", "audit.log", "audit-.log"}) {
    EXPECT_FALSE(audit_segment_number(other)) << other;
  }
}

}  // namespace
}  // namespace signet::app
