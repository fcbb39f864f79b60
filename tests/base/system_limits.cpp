// What control groups allow is read from files as Linux writes them, in either version.
#include "ridgeflow/base/system_limits.hpp"

#include <cmath>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <omp.h>

#include "ridgeflow/base/error.hpp"

#include "support/temporary.hpp"

namespace ridgeflow {
namespace {

/// A root of a file system with the files that are read.
class Root {
 public:
  const Root& with(const std::string& path, const std::string& text) const {
    const std::filesystem::path whole = folder_ / path;
    std::filesystem::create_directories(whole.parent_path());
    static_cast<void>(folder_.write(path, text));
    return *this;
  }
  std::string path() const { return folder_.path(); }
  std::string operator/(const std::string& name) const { return folder_ / name; }

 private:
  test::TemporaryFolder folder_;
};

constexpr const char* kSecond = "35 24 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
constexpr const char* kFirst =
    "22 1 0:5 / /proc rw - proc proc rw\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

TEST(SystemLimits, OfTheSecondVersionAreTheSmallestOnTheWayUp) {
  const Root root;
  root.with("proc/self/mountinfo", kSecond).with("proc/self/cgroup", "0::/user.slice/job\n");
  root.with("sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
  root.with("sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n");
  root.with("sys/fs/cgroup/user.slice/job/memory.max", "max\n");
  root.with("sys/fs/cgroup/user.slice/memory.max", "1048576\n");
  const SystemLimit quota = processor_quota(root.path());
  EXPECT_DOUBLE_EQ(quota.value, 1.5);
  EXPECT_EQ(quota.set_by, root / "sys/fs/cgroup/user.slice/cpu.max");
  const SystemLimit memory = memory_limit(root.path());
  EXPECT_DOUBLE_EQ(memory.value, 1048576);
  EXPECT_EQ(memory.set_by, root / "sys/fs/cgroup/user.slice/memory.max");
  EXPECT_LE(default_threads(root.path()).value, 2.0);
}

TEST(SystemLimits, OfTheFirstVersionAreThoseOfItsControllers) {
  const Root root;
  root.with("proc/self/mountinfo", kFirst);
  root.with("proc/self/cgroup", "4:memory:/job\n1:cpuacct,cpu:/job/step\n0::/\n");
  root.with("sys/fs/cgroup/cpu,cpuacct/job/step/cpu.cfs_quota_us", "50000\n");
  root.with("sys/fs/cgroup/cpu,cpuacct/job/step/cpu.cfs_period_us", "100000\n");
  root.with("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
  root.with("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  root.with("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "2097152\n");
  root.with("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_DOUBLE_EQ(processor_quota(root.path()).value, 0.5);
  EXPECT_DOUBLE_EQ(memory_limit(root.path()).value, 2097152);
  const SystemLimit threads = default_threads(root.path());
  EXPECT_EQ(threads.value, 1.0) << "half a processor is one thread";
}

// A container sees a part of the tree, and may name its group by where it lies outside.
TEST(SystemLimits, InAContainerAreAtWhatIsSeen) {
  for (const char* group : {"0::/docker/one/job", "0::/job", "0::/../../job"}) {
    const Root root;
    root.with("proc/self/mountinfo", "35 24 0:30 /docker/one /a\\040place rw - cgroup2 cgroup2 rw\n");
    root.with("proc/self/cgroup", std::string(group) + "\n");
    root.with("a place/cpu.max", "300000 100000\n");
    EXPECT_DOUBLE_EQ(processor_quota(root.path()).value, 3.0) << group;
  }
}

TEST(SystemLimits, WithoutGroupsAreTheMachines) {
  const Root root;
  EXPECT_TRUE(std::isinf(processor_quota(root.path()).value));
  const SystemLimit memory = memory_limit(root.path());
  EXPECT_GT(memory.value, 0x1p26);
  root.with("proc/self/mountinfo", "broken\n35 24 - cgroup2\n")
      .with("proc/self/cgroup", "::\nnonsense\n0::\n");
  root.with("sys/fs/cgroup/cpu.max", "many few\n");
  EXPECT_TRUE(std::isinf(processor_quota(root.path()).value));
  EXPECT_DOUBLE_EQ(memory_limit(root.path()).value, memory.value);
}

TEST(SystemLimits, ThreadsFollowWhatOpenMpWasTold) {
  const int before = ::omp_get_max_threads();
  ::omp_set_num_threads(1);
  const Root root;
  EXPECT_EQ(default_threads(root.path()).value, 1.0);
  ::omp_set_num_threads(before);
  EXPECT_EQ(threads_for(3), 3);
  EXPECT_EQ(threads_for(1), 1);
}

TEST(SystemLimits, ThreadsThatOpenMpWouldNotGiveAreRefused) {
  const int levels = ::omp_get_max_active_levels();
  ::omp_set_max_active_levels(0);
  EXPECT_EQ(threads_for(0), 1);
  try {
    threads_for(2);
    ADD_FAILURE() << "one thread for two";
  } catch (const DeviceError& error) {
    EXPECT_STREQ(error.what(),
                 "2 threads were asked for, and OMP_MAX_ACTIVE_LEVELS allows 1: raise it, or ask for fewer "
                 "threads");
  }
  ::omp_set_max_active_levels(levels);
  ::omp_set_dynamic(1);
  EXPECT_EQ(threads_for(2), 2);
  EXPECT_EQ(::omp_get_dynamic(), 0) << "OpenMP may take fewer than were asked for";
}

}  // namespace
}  // namespace ridgeflow
