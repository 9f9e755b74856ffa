// The records that observers are given, built from plain values.

#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "support/tiny_job.h"
#include "train/evaluation_record.h"
#include "train/progress_record.h"
#include "train/start_record.h"
#include "train/summary_record.h"

namespace lockstep {
namespace {

using testing::DoubleEq;
using testing::Optional;

// Numbers that tell every field from every other.
Scores some_scores() {
  return {.train = {{.loss = 10, .wrong = 1, .decisions = 20}, 20},
          .train_dev = {{.loss = 12, .wrong = 2, .decisions = 16}, 16},
          .dev = {{.loss = 14, .wrong = 3, .decisions = 8}, 8},
          .test = {{.loss = 18, .wrong = 1, .decisions = 4}, 4}};
}
constexpr WeightMeasures kMeasures{.penalty = {.l2 = 0.25, .l1 = 0.125},
                                   .statistics = {.norm = 7, .near_zero = 0.75}};

TEST(EvaluationRecord, SaysOfEachSetWhatWasMeasured) {
  const std::vector<LossSums> shard_losses = {{.loss = 4}, {.loss = 8}};
  const Evaluation evaluation =
      evaluation_record(6, 1.2, some_scores(), kMeasures,
                        {.shard_losses = shard_losses, .rows = 24, .step_seconds = 0.5});
  EXPECT_EQ(evaluation.step, 6U);
  EXPECT_EQ(evaluation.epoch, 1.2);
  EXPECT_EQ(evaluation.cost, 0.5 + 0.375) << "J has the penalty";
  EXPECT_EQ(evaluation.penalty, 0.375);
  EXPECT_EQ(evaluation.l2_penalty, 0.25);
  EXPECT_EQ(evaluation.l1_penalty, 0.125);
  EXPECT_EQ(evaluation.batch_cost, 0.5) << "12 over 24 rows";
  EXPECT_THAT(evaluation.train_error, Optional(1.0 / 20));
  EXPECT_THAT(evaluation.train_dev_error, Optional(2.0 / 16));
  EXPECT_THAT(evaluation.train_dev_cost, Optional(12.0 / 16));
  EXPECT_THAT(evaluation.dev_error, Optional(3.0 / 8));
  EXPECT_THAT(evaluation.dev_cost, Optional(14.0 / 8));
  EXPECT_EQ(evaluation.weights_norm, 7);
  EXPECT_EQ(evaluation.weights_near_zero, 0.75);
  EXPECT_EQ(evaluation.examples_per_second, 48);
  EXPECT_FALSE(evaluation.best);
}

TEST(EvaluationRecord, AbsentSetsHaveNoNumbers) {
  Scores scores;
  scores.train = some_scores().train;
  const Evaluation evaluation = evaluation_record(6, 1.2, scores, kMeasures, {});
  EXPECT_FALSE(evaluation.train_dev_error || evaluation.train_dev_cost);
  EXPECT_FALSE(evaluation.dev_error || evaluation.dev_cost);
}

// Rank 0 owns 3 of 12 shards, and so 6 of the 24 rows.
TEST(ProgressRecord, OwnShardsStandForAll) {
  const std::vector<LossSums> own = {{.loss = 1}, {.loss = 2}, {.loss = 6}};
  const Progress progress =
      progress_record({.per_epoch = 4, .total = 40}, 6,
                      {.train_examples = 96, .shards = 12, .rows_per_shard = 2}, own, 24, 0.25);
  EXPECT_EQ(progress.step, 6U);
  EXPECT_EQ(progress.total_steps, 40U);
  EXPECT_EQ(progress.epoch, 1.5);
  EXPECT_EQ(progress.batch_cost, 1.5);
  EXPECT_EQ(progress.examples_per_second, 96);
}

// 101 examples in batches of 24: four of them, and one of 5.
constexpr BatchGeometry kGeometry{.train_examples = 101, .shards = 12, .rows_per_shard = 2};
constexpr StepCounts kCounts{.per_epoch = 5, .total = 30};

Dataset some_data() {
  Dataset data;
  data.geometry = kGeometry;
  data.features = 12;
  data.train_fingerprint = "train";
  data.train_dev.total = 16;
  data.dev.total = 8;
  data.dev.fingerprint = "dev";
  data.test.total = 4;
  return data;
}

TEST(StartRecord, SaysWhatWillBeTrained) {
  const Job job = tiny_job("/").job;
  const RunStart start =
      start_record(job, {.ranks = 2, .threads = 3}, some_data(), kCounts, 1000, 10);
  EXPECT_EQ(start.job_name, "tiny");
  EXPECT_EQ(start.ranks, 2);
  EXPECT_EQ(start.threads, 3);
  EXPECT_EQ(start.shards, 12);
  EXPECT_EQ(start.parameters, 1000U);
  EXPECT_EQ(start.train_examples, 101U);
  EXPECT_EQ(start.train_dev_examples, 16U);
  EXPECT_EQ(start.dev_examples, 8U);
  EXPECT_EQ(start.test_examples, 4U);
  EXPECT_EQ(start.train_fingerprint, "train");
  EXPECT_EQ(start.dev_fingerprint, "dev");
  EXPECT_EQ(start.steps_per_epoch, 5U);
  EXPECT_EQ(start.total_steps, 30U);
  EXPECT_EQ(start.first_step, 10U);
  EXPECT_EQ(start.monitor_every_steps, 0U);
}

TEST(StartRecord, DevAndTestDifferWhereTheJobSaysSoAndBothAreThere) {
  Job job = tiny_job("/").job;
  const auto differ = [&](const Dataset& data) {
    return start_record(job, {}, data, kCounts, 1, 0).dev_and_test_differ;
  };
  Dataset without_dev = some_data();
  without_dev.dev.total = 0;
  Dataset without_test = some_data();
  without_test.test.total = 0;
  EXPECT_FALSE(differ(some_data()));
  job.data.dev_and_test_from = DevAndTestFrom::different_distributions;
  EXPECT_TRUE(differ(some_data()));
  EXPECT_FALSE(differ(without_dev));
  EXPECT_FALSE(differ(without_test));
}

TEST(SummaryRecord, TrainedExamplesCountTheUnevenBatchOfEachEpoch) {
  EXPECT_EQ(trained_examples(kGeometry, 0), 0U);
  EXPECT_EQ(trained_examples(kGeometry, 3), 72U);
  EXPECT_EQ(trained_examples(kGeometry, 5), 101U);
  EXPECT_EQ(trained_examples(kGeometry, 12), 2 * 101U + 48);
}

// A run of two sessions that stopped at step 15 and goes by step 10.
RunEnd some_end() {
  static const std::vector<float> weights = {1, 2, 3};
  RunEnd end;
  end.stop_reason = "early_stopping";
  end.counts = kCounts;
  end.position = {
      .step = 15,
      .interval_rows = 0,
      .threshold = std::nullopt,
      .stopping = {.best_metric = 0.375, .best_step = 10},
      .sessions = {{.first_step = 5,
                    .last_step = 10,
                    .phases = {{"forward", 1}, {"evaluation", 50}, {"total", 51}}},
                   {.first_step = 10, .last_step = 15, .phases = {{"forward", 3}, {"total", 3}}}}};
  end.scores = some_scores();
  end.train_error_floor = 0.01;
  end.measures = kMeasures;
  end.weights = weights;
  end.restored_best = true;
  end.peak_memory_bytes = 4096;
  return end;
}

TEST(SummaryRecord, SaysHowTheRunEnded) {
  const Summary summary = summary_record(tiny_job("/").job, {.ranks = 2, .threads = 3}, some_data(),
                                         some_end(), {{"lockstep", "test"}});
  EXPECT_EQ(summary.stop_reason, "early_stopping");
  EXPECT_EQ(summary.steps, 15U);
  EXPECT_EQ(summary.epochs, 3);
  EXPECT_THAT(summary.best_step, Optional(10U));
  EXPECT_THAT(summary.best_epoch, Optional(DoubleEq(2)));
  EXPECT_EQ(summary.checkpoint, "ckpt/best");
  EXPECT_EQ(summary.peak_memory_bytes, 4096U);
  EXPECT_EQ(summary.ranks, 2);
  EXPECT_EQ(summary.threads, 3);
  EXPECT_EQ(summary.shards, 12);
  EXPECT_EQ(summary.versions.at("lockstep"), "test");
  EXPECT_EQ(summary.train_examples, 101U);
  EXPECT_EQ(summary.train_dev_examples, 16U);
  EXPECT_EQ(summary.dev_examples, 8U);
  EXPECT_EQ(summary.test_examples, 4U);
  EXPECT_EQ(summary.train_fingerprint, "train");
  EXPECT_EQ(summary.dev_fingerprint, "dev");
  EXPECT_EQ(summary.features, 12U);
  EXPECT_FALSE(summary.images);
}

TEST(SummaryRecord, SaysWhatTheWeightsScore) {
  const RunEnd end = some_end();
  const Summary summary = summary_record(tiny_job("/").job, {}, some_data(), end, {});
  EXPECT_THAT(summary.train_error, Optional(1.0 / 20));
  EXPECT_THAT(summary.train_error_floor, Optional(0.01));
  EXPECT_THAT(summary.train_dev_error, Optional(2.0 / 16));
  EXPECT_THAT(summary.dev_error, Optional(3.0 / 8));
  EXPECT_THAT(summary.test_error, Optional(1.0 / 4));
  EXPECT_THAT(summary.train_cost, Optional(0.5 + 0.375)) << "J has the penalty";
  EXPECT_THAT(summary.train_dev_cost, Optional(12.0 / 16));
  EXPECT_THAT(summary.dev_cost, Optional(14.0 / 8));
  EXPECT_THAT(summary.test_cost, Optional(18.0 / 4));
  EXPECT_EQ(summary.l2_penalty, 0.25);
  EXPECT_EQ(summary.l1_penalty, 0.125);
  EXPECT_EQ(summary.weights_norm, 7);
  EXPECT_EQ(summary.weights_near_zero, 0.75);
  EXPECT_EQ(summary.weights_digest, digest_hex(digest_of(std::as_bytes(end.weights))));
}

// Of the sessions that are known: from step 5 on, without the evaluations.
TEST(SummaryRecord, TimesAreOfAllSessionsAndSpeedOfTheirSteps) {
  const Summary summary = summary_record(tiny_job("/").job, {}, some_data(), some_end(), {});
  EXPECT_EQ(summary.sessions.size(), 2U);
  EXPECT_EQ(summary.seconds.at("total"), 54);
  EXPECT_EQ(summary.examples_per_second, 2 * 101 / 4.0);
}

TEST(SummaryRecord, WithoutEvaluationsThereIsNoBestStep) {
  RunEnd end = some_end();
  end.position.stopping = {};
  const Summary summary = summary_record(tiny_job("/").job, {}, some_data(), end, {});
  EXPECT_FALSE(summary.best_step || summary.best_epoch);
}

}  // namespace
}  // namespace lockstep
