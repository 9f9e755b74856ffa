#include "train/step_prediction.h"

#include <gtest/gtest.h>

#include "train/build.h"
#include "train/dataset.h"
#include "train/tiny_job.h"

namespace lockstep {
namespace {

// 64 shards of 4 rows. An example takes 1 ms in a thread, all parameters 6 ms in 2 threads.
class StepPredictionTest : public testing::Test {
 protected:
  StepPrediction predict(int nodes, int ranks, int threads) {
    return predict_step(job_, network_, geometry_, {ranks, threads}, even_hosts(ranks, nodes),
                        rates_);
  }

  Job job_ = tiny_job("/", {"training.shards=64", "training.batch_size=256",
                            "exchange.link_gigabits_per_second=1e6"})
                 .job;
  NetworkSpec network_ = build_network(job_.network, 12);
  BatchGeometry geometry_ = batch_geometry(job_.training, 6400);
  MachineRates rates_{.step = {.row = 1e-3, .update = 6e-3},
                      .threads = 2,
                      .slowdown = 1,
                      .bytes_per_second = 1e6,
                      .latency_seconds = 0};
};

TEST_F(StepPredictionTest, OneNodeDividesTheRowsAmongItsWorkers) {
  const StepPrediction alone = predict(1, 1, 1);
  EXPECT_DOUBLE_EQ(alone.shards, 256e-3);
  EXPECT_DOUBLE_EQ(alone.update, 12e-3);
  EXPECT_EQ(alone.exchange, 0);
  EXPECT_EQ(alone.sent_bytes, 0U);
  EXPECT_DOUBLE_EQ(alone.total(), 268e-3);
  EXPECT_DOUBLE_EQ(predict(1, 2, 2).shards, 64e-3);
  EXPECT_DOUBLE_EQ(predict(1, 2, 2).update, 3e-3);
}

// The worker with the most shards decides: 22 of 64.
TEST_F(StepPredictionTest, TheLargestPartDecides) {
  EXPECT_DOUBLE_EQ(predict(1, 3, 1).shards, 22 * 4e-3);
}

TEST_F(StepPredictionTest, ShardsAfterTheFirstTakeTimeToAddUp) {
  rates_.step.shard = 1e-3;
  EXPECT_DOUBLE_EQ(predict(1, 4, 1).shards, 64e-3 + 15e-3);
}

TEST_F(StepPredictionTest, TheExchangeTakesItsBytesAndMessages) {
  const StepPrediction two = predict(2, 2, 1);
  const auto bytes = static_cast<double>(two.sent_bytes);
  EXPECT_GT(two.sent_bytes, 0U);
  EXPECT_DOUBLE_EQ(two.exchange, bytes / 1e6);
  rates_.latency_seconds = 1e-3;
  const auto messages = static_cast<double>(two.sent_messages);
  EXPECT_NEAR(predict(2, 2, 1).exchange, bytes / 1e6 + (4 + messages) * 1e-3, 1e-12)
      << "two agreements go up and down one level";
}

TEST_F(StepPredictionTest, RanksThatDisturbEachOtherComputeMoreSlowly) {
  rates_.slowdown = 2;
  EXPECT_DOUBLE_EQ(predict(1, 2, 1).shards, 256e-3);
  EXPECT_DOUBLE_EQ(predict(1, 2, 1).update, 12e-3);
}

// 25 steps in an epoch of 6,400 examples; three epochs are evaluated once each.
TEST_F(StepPredictionTest, ARunHasStepsAndEvaluations) {
  job_.training.epochs = 3;
  job_.evaluation.every_epochs = 1;
  job_.evaluation.train_examples = 640;
  const Layout layout{2, 1};
  const StepPrediction step = predict(1, 2, 1);
  EXPECT_NEAR(predict_run(job_, geometry_, layout, 360, rates_, step),
              75 * step.total() + 4 * 1000 * 1e-3 / 3 / 2, 1e-9);
}

TEST(WithShards, KeepsTheRowsOfAShard) {
  const Job job = tiny_job("/", {"training.shards=8", "training.batch_size=80"}).job;
  const Job part = with_shards(job, 3);
  EXPECT_EQ(part.training.shards, 3U);
  EXPECT_EQ(part.training.batch_size, 30U);
}

}  // namespace
}  // namespace lockstep
