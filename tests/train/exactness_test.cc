// Every example counts once, and the gradient is the one-process gradient; a
// plain MPI_Allreduce in place of the tree is not, which shows that these
// comparisons can fail.

#include <mpi.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <vector>

#include "base/worker_pool.h"
#include "checkpoint/retention.h"
#include "comm/gradient_exchange.h"
#include "comm/owned_values.h"
#include "model/build.h"
#include "nn/initializer.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "train/rank_passes.h"
#include "train/trainer.h"

namespace lockstep {
namespace {

struct Setup {
  explicit Setup(const Communicator& comm, const Job& job)
      : layout{comm.size(), 1},
        data(load_dataset(job, comm, layout)),
        network(build_network(job.network, data.features)),
        plans(plans_of_ranks(data.geometry, data.shards)),
        plan(plans[static_cast<std::size_t>(comm.rank())]) {
    weights.resize(network.parameter_table().size);
    initialize_parameters(network.spec(), job.seed, std::span(weights));
  }

  Layout layout;
  Dataset data;
  Network<float> network;
  std::vector<WorkerPlan> plans;
  WorkerPlan plan;  // of this rank
  std::vector<float> weights;
};

// The sum over all shards at the first step, by the gradient tree; on rank 0.
std::vector<float> tree_sum(const Communicator& comm, const Job& job) {
  Setup setup(comm, job);
  WorkerPool pool(1);
  HelperPool nobody(0);
  const auto ownership = Ownership::with_bucket_bytes(setup.weights.size(), 4096, 4, comm.size());
  GradientExchange<float> exchange(comm, ownership, setup.plans, job.training.shards,
                                   comm.host_leader());
  RankPasses<float> passes(setup.network, setup.data, exchange.buffers(), Precision::float32,
                           job.seed, true, 1, nobody);
  passes.run(setup.weights, 0, Team());
  std::vector<float> sum(setup.weights.size());
  exchange.reduce(pool, [&](Range range, std::span<float> gradient) {
    std::ranges::copy(gradient, sum.begin() + static_cast<std::ptrdiff_t>(range.begin));
  });
  return collect_owned<float>(comm, ownership, pick_owned<float>(ownership, comm.rank(), sum));
}

// The same by adding up what each rank has and MPI_Allreduce.
std::vector<float> allreduce_sum(const Communicator& comm, const Job& job, MPI_Comm mpi) {
  Setup setup(comm, job);
  WorkerPool pool(1);
  HelperPool nobody(0);
  std::vector<std::vector<float>> buffers(setup.plan.buffers,
                                          std::vector<float>(setup.weights.size()));
  RankPasses<float> passes(setup.network, setup.data, {buffers.begin(), buffers.end()},
                           Precision::float32, job.seed, true, 1, nobody);
  passes.run(setup.weights, 0, Team());
  std::vector<float> sum(setup.weights.size());
  for (const WorkerPlan::Held& held : setup.plan.held) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += buffers[held.buffer][i];
  }
  MPI_Allreduce(MPI_IN_PLACE, sum.data(), static_cast<int>(sum.size()), MPI_FLOAT, MPI_SUM, mpi);
  return sum;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

class Exactness : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }
  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

TEST_F(Exactness, EveryExampleCountsOncePerEpoch) {
  const Job job = tiny_job(directory_).job;
  const Layout layout{comm_.size(), 1};
  const Dataset data = load_dataset(job, comm_, layout);
  EXPECT_EQ(data.geometry.train_examples, 101U);
  std::vector<std::uint32_t> seen;
  std::uint64_t rows = 0;
  for (std::uint64_t step = 0; step < steps_per_epoch(data.geometry); ++step) {
    rows += batch_rows(data.geometry, step);
    for (std::uint64_t s = data.own_shards.begin; s < data.own_shards.end; ++s) {
      const auto order =
          epoch_order(job.seed, 0, static_cast<std::uint32_t>(s), shard_size(data.geometry, s));
      const Range range = shard_rows(data.geometry, s, step);
      for (std::uint64_t i = range.begin; i < range.end; ++i) {
        seen.push_back(data.train.ids[data.shard_rows[s - data.own_shards.begin][order[i]]]);
      }
    }
  }
  EXPECT_EQ(rows, 101U);
  std::map<std::uint32_t, int> counts;
  for (const std::uint32_t id : comm_.gather(std::span<const std::uint32_t>(seen))) ++counts[id];
  if (!comm_.is_root()) return;
  EXPECT_EQ(counts.size(), 101U);
  for (const auto& [id, count] : counts) EXPECT_EQ(count, 1) << "example " << id;
}

TEST_F(Exactness, TheGradientIsTheOneProcessGradientBitForBit) {
  const Job job = tiny_job(directory_).job;
  const auto all = tree_sum(comm_, job);
  const auto alone = tree_sum(Communicator::self(), job);
  if (!comm_.is_root()) return;
  EXPECT_TRUE(same_bits(all, alone));
}

// All examples are one: features that are constant and so become 0, and the answer no.
// Then the mean gradient of the bias b is sigmoid(b), however many rows a batch has; the
// last of the five has 5, the others 24.
TEST_F(Exactness, TheLastBatchOfAnEpochIsAMeanOverItsOwnRows) {
  if (comm_.is_root()) {
    write_idx(directory_ / "same", {101, 4}, std::vector<unsigned char>(101 * 4, 7));
    write_idx(directory_ / "no", {101}, std::vector<unsigned char>(101, 0));
  }
  comm_.barrier();
  const LoadedJob job = tiny_job(
      directory_, {"data={train {idx {features: \"same\" labels: \"no\"}}}", "network.layer=[]",
                   "network.input_keep_prob=1", "network.output={units: 1 loss: LOGISTIC}",
                   "regularization={}", "optimizer={gradient_descent {learning_rate: 0.5}}",
                   "early_stopping=none", "training={batch_size: 24 shards: 12 steps: 5}"});
  TrainOptions options;
  options.layout = {comm_.size(), 1};
  options.run_dir = directory_ / "means";
  static_cast<void>(train(job.job, job.resolved_text, comm_, options, {}));
  if (!comm_.is_root()) return;
  double bias = 0;
  for (int step = 0; step < 5; ++step) bias -= 0.5 / (1 + std::exp(-bias));
  EXPECT_NEAR(find_latest(directory_ / "means/ckpt")->checkpoint.weights.back(), bias, 1e-6);
}

TEST_F(Exactness, NegativeControlAnAllreduceIsNot) {
  // 11 shards over 2, 3 or 4 ranks cut the tree in the middle of subtrees: some
  // of hundreds of sums of 11 values round differently in another order.
  const Job job = tiny_job(directory_, {"training.shards=11", "training.batch_size=22"}).job;
  const auto all = allreduce_sum(comm_, job, test_communicator());
  const auto alone = tree_sum(Communicator::self(), job);
  if (comm_.size() == 1) return;
  EXPECT_FALSE(same_bits(all, alone));
}

}  // namespace
}  // namespace lockstep
