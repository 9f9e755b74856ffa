#include "train/step_prediction.h"

#include <gtest/gtest.h>

#include "model/build.h"
#include "sets/dataset.h"
#include "support/tiny_job.h"
#include "train/exchange_overlap.h"

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
  EXPECT_DOUBLE_EQ(alone.passes, 256e-3);
  EXPECT_DOUBLE_EQ(alone.update, 12e-3);
  EXPECT_EQ(alone.exchange, 0);
  EXPECT_EQ(alone.sent_bytes, 0U);
  EXPECT_DOUBLE_EQ(alone.total(), 268e-3);
  EXPECT_DOUBLE_EQ(predict(1, 2, 2).passes, 64e-3);
  EXPECT_DOUBLE_EQ(predict(1, 2, 2).update, 3e-3);
}

// The worker with the most shards decides: 22 of 64.
TEST_F(StepPredictionTest, TheLargestPartDecides) {
  EXPECT_DOUBLE_EQ(predict(1, 3, 1).passes, 22 * 4e-3);
}

// What every step takes in 2 threads, whatever its rows, takes twice as long in one.
TEST_F(StepPredictionTest, EveryStepTakesTimeBesideThatOfItsRows) {
  rates_.step.fixed = 1e-3;
  EXPECT_DOUBLE_EQ(predict(1, 4, 1).passes, 64e-3 + 2e-3);
  EXPECT_DOUBLE_EQ(predict(1, 4, 4).passes, (64e-3 + 2e-3) / 4);
}

TEST(SecondsFrom, TwoNumbersOfRowsGiveTheirSharesOfAStep) {
  const StepSeconds seconds = seconds_from(16, 5e-3, 128, 12e-3, 1e-3);
  EXPECT_NEAR(seconds.row, 62.5e-6, 1e-12);
  EXPECT_NEAR(seconds.fixed, 4e-3, 1e-12);
  EXPECT_EQ(seconds.update, 1e-3);
  EXPECT_EQ(seconds_from(16, 1e-3, 128, 16e-3, 0).fixed, 0) << "never less than nothing";
  EXPECT_EQ(seconds_from(16, 2e-3, 128, 1e-3, 0).row, 0);
}

// Of two nodes with two ranks each, which hide nothing.
TEST_F(StepPredictionTest, TheExchangeTakesItsBytesAndMessages) {
  const StepPrediction two = predict(2, 4, 1);
  const auto bytes = static_cast<double>(two.sent_bytes);
  EXPECT_GT(two.sent_bytes, 0U);
  EXPECT_DOUBLE_EQ(two.exchange, bytes / 1e6);
  rates_.latency_seconds = 1e-3;
  const auto messages = static_cast<double>(two.sent_messages);
  EXPECT_NEAR(predict(2, 4, 1).exchange, bytes / 1e6 + (2 + messages) * 1e-3, 1e-12)
      << "one agreement goes up and down one level";
}

TEST_F(StepPredictionTest, WhatTheBackwardPassHidesIsNotCounted) {
  job_.exchange.bucket_bytes = 4096;
  const StepPrediction alone = predict(2, 2, 1);
  const double transfer = static_cast<double>(alone.sent_bytes) / rates_.bytes_per_second;
  EXPECT_LT(alone.exchange, transfer);
  EXPECT_GT(alone.exchange, transfer / 2) << "weights travel after the passes";
  const StepPrediction pairs = predict(2, 4, 1);  // of ranks that share memory
  EXPECT_DOUBLE_EQ(pairs.exchange, static_cast<double>(pairs.sent_bytes) / rates_.bytes_per_second);
}

// Layers of 12 x 170, 170 x 90 and 90 x 3 weights: the last two have 15,390 + 273 parameters of
// 17,873, and the first one 2,040 of 2 x (2,040 + 15,300 + 270) + 15,570 multiply-adds of the
// passes.
TEST(HiddenSeconds, AreThoseOfTheBucketsThatAreCompleteBeforeTheEnd) {
  const NetworkSpec network = build_network(tiny_job("/").job.network, 12);
  const auto whole = Ownership::with_bucket_bytes(17'873, 1 << 20, 4, 1);
  EXPECT_EQ(hidden_seconds(network, whole, 1, 0.1), 0) << "one bucket ends with the first layer";
  const auto blocks = Ownership::with_bucket_bytes(17'873, 4096, 4, 1);
  const double pass = 2040.0 + 15300 + 270 + 2040 + 2 * (15300 + 270);
  // Fast links wait for the last bucket without the first layer, which begins at block 3 of 18.
  const double fast = hidden_seconds(network, blocks, 1, 1e-9);
  EXPECT_NEAR(fast / 1e-9, (17'873.0 - 3 * 1024) / 17'873, 1e-6);
  // A slow link is never free; it hides what it sends from the end of the second layer on, and in
  // the second layer what belongs to the third alone.
  EXPECT_NEAR(hidden_seconds(network, blocks, 1, 1e3), 2040 / pass, 1e-3);
}

TEST_F(StepPredictionTest, RanksThatDisturbEachOtherComputeMoreSlowly) {
  rates_.slowdown = 2;
  EXPECT_DOUBLE_EQ(predict(1, 2, 1).passes, 256e-3);
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
