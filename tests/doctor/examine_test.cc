// The structure of an examination on this machine; times and rates are only positive.

#include "doctor/examine.h"

#include <cstddef>

#include <gtest/gtest.h>

#include "doctor/findings.h"
#include "support/collective.h"

namespace lockstep {
namespace {

DoctorReport examine_here(const std::string& run_dir) {
  const Communicator comm = Communicator::world();
  return examine(comm, {.launcher = "mpirun",
                        .run_dir = run_dir,
                        .threads = 1,
                        .shape = {.rows = 8, .inputs = 16, .units = 4},
                        .job = {}});
}

TEST(Examine, ReportsEveryRankOnRankZero) {
  const DoctorReport report = examine_here(collective_temp_dir().string());
  if (test_rank() != 0) {
    EXPECT_TRUE(report.ranks.empty());
    return;
  }
  ASSERT_EQ(report.ranks.size(), static_cast<std::size_t>(test_size()));
  for (const RankReport& rank : report.ranks) {
    EXPECT_EQ(rank.host, 0U);
    EXPECT_FALSE(rank.cores.empty());
    EXPECT_GT(rank.flops_alone, 0);
    EXPECT_GT(rank.flops_together, 0);
    EXPECT_EQ(rank.program, report.ranks[0].program);
    EXPECT_EQ(rank.environment, report.ranks[0].environment);
    EXPECT_EQ(rank.environment.count("blas"), 1U);
  }
}

TEST(Examine, ReportsTheHost) {
  const DoctorReport report = examine_here(collective_temp_dir().string());
  if (test_rank() != 0) return;
  ASSERT_EQ(report.hosts.size(), 1U);
  const HostReport& host = report.hosts[0];
  EXPECT_NE(host.name, "");
  EXPECT_EQ(host.ranks.size(), static_cast<std::size_t>(test_size()));
  EXPECT_GT(host.cores_online, 0);
  EXPECT_GT(host.memory_available_bytes, 0U);
  EXPECT_GE(host.memory_bytes, host.memory_available_bytes);
  EXPECT_GT(host.shared_memory_bytes, 0U);
  EXPECT_EQ(host.directory, DirectorySight::shared);
  EXPECT_TRUE(report.links.empty());
  EXPECT_FALSE(is_refused(findings_of(report)));
}

}  // namespace
}  // namespace lockstep
