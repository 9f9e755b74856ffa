#include "train/memory_plan.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "comm/exchange_plan.h"
#include "comm/ownership.h"
#include "model/build.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

TEST(MemoryPlan, CountsBuffersOfTheLayout) {
  const Job job = tiny_job("/").job;
  const DatasetSizes sizes{12, 1, 20, 101, 40, 0};
  const NetworkSpec network = build_network(job.network, 12);
  const std::uint64_t parameter_bytes = (170 * 13 + 90 * 171 + 3 * 91) * 4;

  const MemoryPlan one = plan_memory(job, network, sizes, {1, 1}, even_hosts(1, 1));
  EXPECT_EQ(one.gradients, parameter_bytes) << "the sum of all shards";
  EXPECT_EQ(one.exchange, 0U);
  EXPECT_EQ(one.optimizer, 2 * parameter_bytes);  // Adam's two means
  EXPECT_EQ(one.examples, (101U + 2 * 40) * 20 + (101U + 40) * 12);

  const MemoryPlan two = plan_memory(job, network, sizes, {2, 1}, even_hosts(2, 1));
  EXPECT_LT(two.examples, one.examples);
  EXPECT_GT(two.exchange, 0U);
}

// Of the tiny job: 12 inputs, layers of 170, 90 and 3 units; 12 shards, of which the
// first has 9 of the 101 examples and gives 2 to a step.
TEST(MemoryPlan, EveryPartIsExact) {
  const DatasetSizes sizes{.features = 12,
                           .label_width = 1,
                           .bytes_per_example = 20,
                           .train = 101,
                           .dev = 40,
                           .test = 30,
                           .train_dev = 10};
  const NetworkSpec network = build_network(tiny_job("/").job.network, 12);
  constexpr std::uint64_t kParameters = 170 * 13 + 90 * 171 + 3 * 91;
  constexpr std::uint64_t kParameterBytes = kParameters * 4;
  // A hidden layer has three buffers, the output two.
  constexpr std::uint64_t kRowBytes = (12 + 3 * 170 + 3 * 90 + 2 * 3) * 4;
  // Of the weights without biases, for training and for evaluation.
  constexpr std::uint64_t kPanelBytes = 2 * (170 * 12 + 90 * 170 + 3 * 90) * 4;
  const auto plan_of = [&](const Layout& layout, const std::vector<std::string>& overrides = {}) {
    return plan_memory(tiny_job("/", overrides).job, network, sizes, layout,
                       even_hosts(layout.ranks, 1));
  };

  const MemoryPlan one = plan_of({1, 1});
  EXPECT_EQ(one.examples, (101U + 80 * 2) * 20 + (101 + 80) * 12);
  EXPECT_EQ(one.weights, 2 * kParameterBytes) << "and the best ones";
  EXPECT_EQ(one.gradients, kParameterBytes);
  EXPECT_EQ(one.exchange, 0U);
  EXPECT_EQ(one.optimizer, 2 * kParameterBytes);
  EXPECT_EQ(one.activations, (24U + 256) * kRowBytes + kPanelBytes);
  EXPECT_EQ(one.checkpoint, (3 + 3) * kParameterBytes) << "a copy of three arrays, and a chunk";
  EXPECT_EQ(one.shards, 12U * (304 + 2 * 12 * 8));
  EXPECT_EQ(one.monitor, 0U);
  EXPECT_EQ(one.program, 64U << 20);
  EXPECT_EQ(one.predictions, 3U * 40 * (2 * 3 + 1) * 4) << "three copies of those of dev";
  EXPECT_EQ(one.total(), one.predictions + one.examples + 3 * kParameterBytes + one.optimizer +
                             one.checkpoint + one.activations + one.shards + one.program);

  const MemoryPlan threads = plan_of({1, 2, 1});
  EXPECT_EQ(threads.gradients, kParameterBytes);
  EXPECT_EQ(threads.activations, (24U + 2 * 256) * kRowBytes + kPanelBytes + 24U * 12 * 4)
      << "and what is gathered ahead";

  // Rank 0 has shards 0 to 5, with 9, 9, 9, 9, 9 and 8 of the examples; two sums come in.
  const MemoryPlan two = plan_of({2, 1});
  EXPECT_EQ(two.examples, (53U + 80 * 2) * 20 + (101 + 80) * 12);
  const auto ownership = Ownership::with_bucket_bytes(kParameters, 4096, 4, 2);
  const std::uint64_t owned = ownership.owned(0);
  EXPECT_EQ(two.optimizer, 2 * owned * 4);
  EXPECT_EQ(two.exchange, (2 * owned + kParameters - owned) * 4);
  EXPECT_EQ(two.checkpoint, (3 * owned + 5 * kParameters) * 4) << "chunks arrive, too";

  // In bfloat16 one sum leaves and two arrive, two at a time; the residual is a third array of the
  // optimizer.
  const MemoryPlan rounded = plan_of({2, 1}, {"exchange.precision=BFLOAT16"});
  EXPECT_EQ(rounded.exchange,
            two.exchange +
                ((2 * (kParameters - owned)) + 8 * ownership.largest_piece(0) + kParameters) * 2);
  EXPECT_EQ(rounded.optimizer, 3 * owned * 4);
  EXPECT_EQ(rounded.checkpoint, (4 * owned + 5 * kParameters) * 4);

  EXPECT_EQ(plan_of({1, 1}, {"checkpointing.enabled=false"}).checkpoint, 0U);
  EXPECT_EQ(plan_of({1, 1}, {"optimizer.momentum={}"}).checkpoint, (2 + 3) * kParameterBytes);
  EXPECT_EQ(plan_of({1, 1}, {"optimizer.gradient_descent={}"}).optimizer, 0U);
  EXPECT_EQ(one.rollback, 0U);
  EXPECT_EQ(plan_of({2, 1}, {"training.on_nonfinite=ROLLBACK"}).rollback, 3 * owned * 4);
  // 24 examples of 12 shards are 2 of each, or 3 where they are uneven.
  EXPECT_EQ(plan_of({1, 2}, {"monitor.examples=24"}).monitor,
            2 * 3 * kRowBytes + kPanelBytes / 2 + 3 * kParameterBytes);
  // A pass has no more rows than the shards have.
  EXPECT_EQ(plan_of({1, 1}, {"training.batch_size=2400"}).activations,
            (12U * 9 + 256) * kRowBytes + kPanelBytes);
}

// After each pass, some sums of the tree wait for the next one.
TEST(MemoryPlan, APassHasAtMost512Rows) {
  const DatasetSizes sizes{
      .features = 12, .label_width = 1, .bytes_per_example = 20, .train = 50'000};
  const NetworkSpec network = build_network(tiny_job("/").job.network, 12);
  constexpr std::uint64_t kRowBytes = (12 + 3 * 170 + 3 * 90 + 2 * 3) * 4;
  const Job job = tiny_job("/", {"training.batch_size=24000"}).job;
  const MemoryPlan plan = plan_memory(job, network, sizes, {1, 1}, even_hosts(1, 1));
  EXPECT_EQ(plan.activations, (512U + 256) * kRowBytes + 2 * (170 * 12 + 90 * 170 + 3 * 90) * 4);
  // 12 leaves: levels 0, 1, 2, 3.
  EXPECT_EQ(plan.gradients, 4U * (170 * 13 + 90 * 171 + 3 * 91) * 4);
}

TEST(MemoryPlan, CountsTheListsOfShards) {
  const DatasetSizes sizes{12, 1, 20, 101, 40, 0};
  const NetworkSpec network = build_network(tiny_job("/").job.network, 12);
  const auto of_shards = [&](const char* shards, const char* normalization) {
    const Job job = tiny_job("/", {std::string("training={epochs: 1 batch_size: ") + shards +
                                       " shards: " + shards + "}",
                                   std::string("data.normalization={") + normalization + "}"})
                        .job;
    return plan_memory(job, network, sizes, {1, 1}, even_hosts(1, 1)).shards;
  };
  EXPECT_EQ(of_shards("262144", "none {}"), 262144U * 304);
  EXPECT_EQ(of_shards("262144", "standardize {}"), 262144U * (304 + 2 * 12 * 8));
}

TEST(MemoryPlan, MoreRanksThanShardsAreRefused) {
  EXPECT_NO_THROW(check_ranks(12, 12));
  EXPECT_THROW(check_ranks(13, 12), Error);
  EXPECT_THROW(check_ranks(1 << 20, 12), Error);
}

TEST(MemoryPlan, CountsTheMonitor) {
  const DatasetSizes sizes{12, 1, 20, 101, 40, 0};
  const NetworkSpec network = build_network(tiny_job("/").job.network, 12);
  const std::uint64_t parameter_bytes = (170 * 13 + 90 * 171 + 3 * 91) * 4;
  EXPECT_EQ(plan_memory(tiny_job("/").job, network, sizes, {1, 2}, even_hosts(1, 1)).monitor, 0U);
  const Job job = tiny_job("/", {"monitor.examples=24"}).job;
  const MemoryPlan plan = plan_memory(job, network, sizes, {1, 2}, even_hosts(1, 1));
  EXPECT_GE(plan.monitor, 4 * parameter_bytes);
  EXPECT_LT(plan.monitor, 5 * parameter_bytes);
  EXPECT_GT(plan.total(), plan.monitor + plan.gradients);
}

}  // namespace
}  // namespace lockstep
