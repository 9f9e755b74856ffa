#include "doctor/job_needs.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/job_file.h"
#include "model/build.h"
#include "train/memory_plan.h"

namespace lockstep {
namespace {

constexpr const char* kJob = R"(
name: "needs"
data { train { synthetic { examples: 2000 teacher { features: 32 classes: 4 } } } }
network { layer { units: 64 } output { units: 4 } }
optimizer { adam { learning_rate: 0.01 } }
training { batch_size: 240 shards: 12 epochs: 2 }
)";

Job job_with(const std::vector<std::string>& overrides) {
  return parse_job(kJob, "job", ".", overrides).job;
}

DatasetSizes sizes_of(std::uint64_t features) {
  DatasetSizes sizes;
  sizes.features = features;
  sizes.train = 2000;
  return sizes;
}

TEST(JobNeeds, AreThoseOfTheMemoryPlan) {
  const Job job = job_with({});
  const Layout layout{2, 3};
  const JobNeeds needs = job_needs(job, sizes_of(32), layout, even_hosts(2, 1));
  const NetworkSpec network = build_network(job.network, 32);
  const MemoryPlan plan = plan_memory(job, network, sizes_of(32), layout, even_hosts(2, 1));
  EXPECT_EQ(needs.name, "needs");
  EXPECT_EQ(needs.shards, 12U);
  EXPECT_EQ(needs.memory_bytes_per_rank, plan.total());
  const std::uint64_t weights = (32 * 64 + 64 + 64 * 4 + 4) * sizeof(float);
  EXPECT_EQ(needs.shared_memory_bytes_per_rank, weights + plan.gradients);
  EXPECT_EQ(needs.checkpoint_bytes, plan.checkpoint);
}

TEST(JobNeeds, CanBeAskedForMoreWorkersThanShards) {
  EXPECT_EQ(job_needs(job_with({}), sizes_of(32), {8, 4}, even_hosts(8, 2)).shards, 12U);
}

TEST(LargestProduct, HasTheRowsOfAShard) {
  const ProductShape shape = largest_product(job_with({}), sizes_of(32));
  EXPECT_EQ(shape.rows, 20U);
  EXPECT_EQ(shape.inputs, 32U);
  EXPECT_EQ(shape.units, 64U);
  const ProductShape output = largest_product(job_with({"network.output.units=50"}), sizes_of(8));
  EXPECT_EQ(output.inputs, 64U);
  EXPECT_EQ(output.units, 50U);
}

TEST(LargestProduct, TakesFewerRowsOfWideLayers) {
  const Job wide = job_with({"network.layer[0].units=10000"});
  EXPECT_EQ(largest_product(wide, sizes_of(10000)).rows, 10U);
  EXPECT_EQ(largest_product(wide, sizes_of(1000000)).rows, 1U);
}

}  // namespace
}  // namespace lockstep
