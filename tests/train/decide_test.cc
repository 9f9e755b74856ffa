#include "train/decide.h"

#include <gtest/gtest.h>

#include "metrics/dev_metric.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

// Judged by the dev error with a patience of 2, unless `overrides` say otherwise.
Job judged_job(const std::vector<std::string>& overrides = {}) {
  return tiny_job("/", overrides).job;
}

// A dev set of ten examples.
SetScore dev(std::uint64_t wrong, double loss = 0) {
  return {{.loss = loss, .wrong = wrong, .decisions = 10}, 10};
}

EarlyStoppingState best_at(double metric, std::uint64_t step, std::uint32_t without = 0) {
  return {metric, step, without};
}

constexpr StepCounts kCounts{.per_epoch = 5, .total = 18};

TEST(StepCounts, EpochsAreFractionsAndMultiplesOfSteps) {
  EXPECT_EQ(kCounts.epochs(0), 0);
  EXPECT_EQ(kCounts.epochs(18), 3.6);
  EXPECT_TRUE(kCounts.completes(1, 5));
  EXPECT_TRUE(kCounts.completes(3, 15));
  EXPECT_FALSE(kCounts.completes(2, 15));
  EXPECT_FALSE(kCounts.at_end(17));
  EXPECT_TRUE(kCounts.at_end(18));
}

TEST(Decide, TheReasonAtTheEndIsWhatTheJobCounts) {
  EXPECT_EQ(reason_at_end(judged_job().training), "epochs");
  EXPECT_EQ(reason_at_end(judged_job({"training.steps=3"}).training), "steps");
}

TEST(Decide, EvaluationsAreDueEveryFewEpochsAndAtTheEnd) {
  const EvaluationConfig every_other{
      .every_epochs = 2, .train_examples = 0, .smallest_improvement = 0};
  std::vector<std::uint64_t> due;
  for (std::uint64_t step = 1; step <= kCounts.total; ++step) {
    if (evaluates_after(every_other, kCounts, step)) due.push_back(step);
  }
  EXPECT_EQ(due, (std::vector<std::uint64_t>{10, 18}));
}

TEST(Decide, TheLastEvaluationIsTheOneBeforeAStep) {
  const EvaluationConfig every_other{
      .every_epochs = 2, .train_examples = 0, .smallest_improvement = 0.01};
  EXPECT_EQ(last_evaluation(every_other, {.per_epoch = 5, .total = 18}, 9), 0U);
  EXPECT_EQ(last_evaluation(every_other, {.per_epoch = 5, .total = 18}, 10), 10U);
  EXPECT_EQ(last_evaluation(every_other, {.per_epoch = 5, .total = 18}, 17), 10U);
  EXPECT_EQ(last_evaluation(every_other, {.per_epoch = 5, .total = 18}, 18), 18U) << "the end";
}

TEST(Decide, TheMetricIsTheJobs) {
  const auto by_error = dev_metric(Metric::dev_error, dev(3, 20));
  ASSERT_TRUE(by_error);
  EXPECT_EQ(by_error->value, 0.3);
  EXPECT_EQ(by_error->decisions, 10U);
  const auto by_cost = dev_metric(Metric::dev_cost, dev(3, 20));
  ASSERT_TRUE(by_cost);
  EXPECT_EQ(by_cost->value, 2);
  EXPECT_EQ(by_cost->decisions, 0U);
}

TEST(Decide, AFirstEvaluationIsTheBestSoFar) {
  const Decision decision = decide(judged_job(), {}, dev(4), 5);
  EXPECT_TRUE(decision.verdict.best);
  EXPECT_FALSE(decision.verdict.stop);
  EXPECT_EQ(decision.stopping.best_metric, 0.4);
  EXPECT_EQ(decision.stopping.best_step, 5U);
}

TEST(Decide, PatienceThatIsSpentStops) {
  const Job job = judged_job();
  const Decision first = decide(job, best_at(0.4, 5), dev(5), 10);
  EXPECT_FALSE(first.verdict.best);
  EXPECT_FALSE(first.verdict.stop);
  EXPECT_FALSE(had_stopped_early(job, first.stopping));
  const Decision second = decide(job, first.stopping, dev(4), 15);
  EXPECT_FALSE(second.verdict.best) << "equal is not better";
  EXPECT_TRUE(second.verdict.stop);
  EXPECT_TRUE(had_stopped_early(job, second.stopping));
  EXPECT_EQ(second.stopping.best_step, 5U);
  EXPECT_FALSE(had_stopped_early(judged_job({"early_stopping.patience=3"}), second.stopping));
}

TEST(Decide, TooSmallAnImprovementIsNone) {
  const Job job = judged_job({"early_stopping.min_improvement=0.1"});
  EXPECT_FALSE(decide(job, best_at(0.4, 5), dev(3), 10).verdict.best);
  EXPECT_TRUE(decide(job, best_at(0.4, 5), dev(2), 10).verdict.best);
}

TEST(Decide, WithoutEarlyStoppingTheBestIsKnownAndNothingStops) {
  const Job job = judged_job({"early_stopping=none"});
  EXPECT_FALSE(keeps_best_weights(job));
  EXPECT_TRUE(keeps_best_weights(judged_job()));
  EXPECT_TRUE(decide(job, best_at(0.4, 5), dev(3), 10).verdict.best);
  EXPECT_FALSE(decide(job, best_at(0.4, 5, 1000), dev(9), 10).verdict.stop);
  EXPECT_FALSE(had_stopped_early(job, best_at(0.4, 5, 1000)));
}

TEST(Decide, WithoutADevSetNothingIsBestAndTheStateStays) {
  const Job job = judged_job();
  EXPECT_FALSE(dev_metric(Metric::dev_error, {}));
  const Decision decision = decide(job, best_at(0.4, 5, 1), {}, 10);
  EXPECT_FALSE(decision.verdict.best);
  EXPECT_FALSE(decision.verdict.stop);
  EXPECT_EQ(decision.stopping.best_metric, 0.4);
  EXPECT_EQ(decision.stopping.evaluations_without_improvement, 1U);
}

TEST(Decide, SavedIsWhatIsDueWhatIsBestAndTheEnd) {
  const CheckpointingConfig every_other{.enabled = true, .every_epochs = 2, .keep_last = 1};
  const auto saves = [&](std::uint64_t step, bool best, bool stops) {
    return saves_after(every_other, kCounts, step, {.is_best = best, .stops = stops});
  };
  EXPECT_FALSE(saves(5, false, false));
  EXPECT_TRUE(saves(10, false, false)) << "due";
  EXPECT_TRUE(saves(5, true, false)) << "best";
  EXPECT_TRUE(saves(5, false, true)) << "the run stops";
  EXPECT_TRUE(saves_after(every_other, kCounts, 5, {.requested = true})) << "time is up";
  EXPECT_TRUE(saves_after(every_other, kCounts, 5, {.is_target = true})) << "to roll back to";
  EXPECT_FALSE(saves_after({.enabled = false, .every_epochs = 2, .keep_last = 1}, kCounts, 18,
                           {.is_best = true, .stops = true, .requested = true}));
}

TEST(Decide, StepsCountAndEpochsNeedNot) {
  const CheckpointingConfig by_steps{
      .enabled = true, .every_epochs = 0, .every_steps = 3, .keep_last = 1};
  const CheckpointingConfig by_nothing{.enabled = true, .every_epochs = 0, .keep_last = 1};
  for (std::uint64_t step = 1; step <= 12; ++step) {
    EXPECT_EQ(saves_after(by_steps, kCounts, step, {}), step % 3 == 0) << step;
    EXPECT_FALSE(saves_after(by_nothing, kCounts, step, {})) << step;
  }
  EXPECT_TRUE(saves_after(by_nothing, kCounts, 7, {.stops = true}));
}

TEST(Decide, TheSummaryIsOfTheCheckpointThatHasItsWeights) {
  const CheckpointingConfig on{.enabled = true, .every_epochs = 1, .keep_last = 1};
  EXPECT_EQ(summarized_checkpoint(on, true), "ckpt/best");
  EXPECT_EQ(summarized_checkpoint(on, false), "ckpt/latest");
  EXPECT_EQ(summarized_checkpoint({.enabled = false, .every_epochs = 1, .keep_last = 1}, true), "");
}

}  // namespace
}  // namespace lockstep
