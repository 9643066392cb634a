#include "router/app/cpu_count.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace signet::app {
namespace {

class CpuCountTest : public testing::Test {
 protected:
  void SetUp() override {
    root = std::filesystem::path(testing::TempDir()) / "signet-cpu";
    std::filesystem::remove_all(root);
  }
  void write(const std::string& path, const std::string& text) {
    const auto file = root / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  std::filesystem::path root;
};

TEST_F(CpuCountTest, QuotaOfCgroupV2) {
  write("proc/self/cgroup", "0::/pod/router\n");
  write("sys/fs/cgroup/pod/router/cpu.max", "50000 100000\n");
  EXPECT_EQ(usable_cpus(root.string()).workers, 1u);
  EXPECT_EQ(usable_cpus(root.string()).why, "cgroup quota: 0.50 CPU");
}

TEST_F(CpuCountTest, QuotaOfAParentCounts) {
  write("proc/self/cgroup", "0::/pod/router\n");
  write("sys/fs/cgroup/pod/router/cpu.max", "max 100000\n");
  write("sys/fs/cgroup/pod/cpu.max", "50000 100000\n");
  EXPECT_EQ(usable_cpus(root.string()).why, "cgroup quota: 0.50 CPU");
}

TEST_F(CpuCountTest, TheLeastQuotaUpToTheRootCounts) {
  write("proc/self/cgroup", "0::/pod/router\n");
  write("sys/fs/cgroup/pod/router/cpu.max", "200000 100000\n");
  write("sys/fs/cgroup/pod/cpu.max", "50000 100000\n");
  write("sys/fs/cgroup/cpu.max", "90000 100000\n");
  EXPECT_EQ(usable_cpus(root.string()).why, "cgroup quota: 0.50 CPU");
}

TEST_F(CpuCountTest, QuotaOfCgroupV1) {
  write("proc/self/cgroup", "4:cpu,cpuacct:/docker/x\n");
  write("sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us", "50000\n");
  write("sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(usable_cpus(root.string()).why, "cgroup quota: 0.50 CPU");
}

TEST_F(CpuCountTest, ControllersAreWholeNames) {
  write("proc/self/cgroup", "3:cpuset:/\n2:cpuacct:/\n1:cpu:/docker/x\n");
  write("sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us", "50000\n");
  write("sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(usable_cpus(root.string()).why, "cgroup quota: 0.50 CPU");
}

TEST_F(CpuCountTest, WithoutQuotaTheMaskCounts) {
  EXPECT_GE(usable_cpus(root.string()).workers, 1u);
  EXPECT_TRUE(usable_cpus(root.string()).why.starts_with("affinity mask"));
}

}  // namespace
}  // namespace signet::app
