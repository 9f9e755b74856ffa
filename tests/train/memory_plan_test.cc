#include "train/memory_plan.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "train/build.h"
#include "train/tiny_job.h"

namespace lockstep {
namespace {

TEST(MemoryPlan, CountsBuffersOfTheLayout) {
  const Job job = tiny_job("/").job;
  const DatasetSizes sizes{12, 1, 20, 101, 40, 0};
  const NetworkSpec network = build_network(job.network, 12);
  const std::uint64_t parameter_bytes = (170 * 13 + 90 * 171 + 3 * 91) * 4;

  const MemoryPlan one = plan_memory(job, network, sizes, {1, 1});
  EXPECT_EQ(one.gradients, 4 * parameter_bytes);  // 12 leaves: levels 0, 1, 2, 3
  EXPECT_EQ(one.exchange, 0U);
  EXPECT_EQ(one.optimizer, 2 * parameter_bytes);  // Adam's two means
  EXPECT_EQ(one.examples, (101U + 2 * 40) * 20 + (101U + 40) * 12);

  const MemoryPlan two = plan_memory(job, network, sizes, {2, 1});
  EXPECT_LT(two.examples, one.examples);
  EXPECT_GT(two.exchange, 0U);
}

TEST(MemoryPlan, CountsTheListsOfShards) {
  const DatasetSizes sizes{12, 1, 20, 101, 40, 0};
  const NetworkSpec network = build_network(tiny_job("/").job.network, 12);
  const auto of_shards = [&](const char* shards, const char* normalization) {
    const Job job = tiny_job("/", {std::string("training={epochs: 1 batch_size: ") + shards +
                                       " shards: " + shards + "}",
                                   std::string("data.normalization={") + normalization + "}"})
                        .job;
    return plan_memory(job, network, sizes, {1, 1}).shards;
  };
  EXPECT_EQ(of_shards("262144", "none {}"), 262144U * 288);
  EXPECT_EQ(of_shards("262144", "standardize {}"), 262144U * (288 + 2 * 12 * 8));
}

TEST(MemoryPlan, MoreWorkersThanShardsAreRefused) {
  EXPECT_NO_THROW(check_layout({4, 3}, 12));
  EXPECT_THROW(check_layout({4, 4}, 12), Error);
}

TEST(MemoryPlan, CountsTheMonitor) {
  const DatasetSizes sizes{12, 1, 20, 101, 40, 0};
  const NetworkSpec network = build_network(tiny_job("/").job.network, 12);
  const std::uint64_t parameter_bytes = (170 * 13 + 90 * 171 + 3 * 91) * 4;
  EXPECT_EQ(plan_memory(tiny_job("/").job, network, sizes, {1, 2}).monitor, 0U);
  const Job job = tiny_job("/", {"monitor.examples=24"}).job;
  const MemoryPlan plan = plan_memory(job, network, sizes, {1, 2});
  EXPECT_GE(plan.monitor, 5 * parameter_bytes);
  EXPECT_LT(plan.monitor, 6 * parameter_bytes);
  EXPECT_GT(plan.total(), plan.monitor + plan.gradients);
}

}  // namespace
}  // namespace lockstep
