#include "sweep/termination.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::ElementsAre;

SweepConfig sweep_with(const Termination& termination) {
  SweepConfig sweep{};
  sweep.metric = Metric::dev_error;
  sweep.termination = termination;
  return sweep;
}

TrialResult result(TrialStatus status, double epochs, double error) {
  TrialResult of;
  of.status = status;
  of.epochs = epochs;
  if (status != TrialStatus::diverged) of.dev_error = error;
  return of;
}

TrialResult paused(double epochs, double error) {
  return result(TrialStatus::paused, epochs, error);
}
TrialResult finished(double error, double epochs = 9) {
  return result(TrialStatus::finished, epochs, error);
}
const TrialResult kDiverged = result(TrialStatus::diverged, 0, 0);

std::vector<std::uint32_t> order_of(const std::vector<RankedTrial>& ranked) {
  std::vector<std::uint32_t> numbers;
  for (const RankedTrial& trial : ranked) numbers.push_back(trial.number);
  return numbers;
}

TEST(NoTermination, IsOnePhaseOfWhatIsLeft) {
  const SweepConfig sweep = sweep_with(NoTermination{});
  std::vector<TrialRecord> records(3);
  EXPECT_THAT(next_phase(sweep, records)->trials, ElementsAre(0, 1, 2));
  EXPECT_EQ(next_phase(sweep, records)->pause_epoch, std::nullopt);
  records[1].results = {finished(0.1)};
  EXPECT_THAT(next_phase(sweep, records)->trials, ElementsAre(0, 2));
  records[0].results = {kDiverged};
  records[2].results = {finished(0.1)};
  EXPECT_FALSE(next_phase(sweep, records));
}

TEST(SuccessiveHalvingRule, KeepsTheBestAndTrainsThemLonger) {
  const SweepConfig sweep = sweep_with(SuccessiveHalving{2, 3});
  std::vector<TrialRecord> records(5);
  auto phase = next_phase(sweep, records);
  EXPECT_THAT(phase->trials, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(phase->pause_epoch, 3.0);

  // Half done, as after a kill: the rest of the same rung.
  const double errors[] = {0.5, 0.2, 0.4, 0.2, 0.1};
  for (const std::uint32_t i : {0U, 2U, 4U}) records[i].results = {paused(3, errors[i])};
  phase = next_phase(sweep, records);
  EXPECT_THAT(phase->trials, ElementsAre(1, 3));
  EXPECT_EQ(phase->pause_epoch, 3.0);
  for (const std::uint32_t i : {1U, 3U}) records[i].results = {paused(3, errors[i])};

  // floor(5 / 2) continue: 4, and of the equal 1 and 3 the first.
  phase = next_phase(sweep, records);
  EXPECT_THAT(phase->trials, ElementsAre(1, 4));
  EXPECT_EQ(phase->pause_epoch, 6.0);
  records[4].results.push_back(paused(6, 0.15));
  EXPECT_THAT(next_phase(sweep, records)->trials, ElementsAre(1));
  records[1].results.push_back(paused(6, 0.09));

  // The last one runs to its end.
  phase = next_phase(sweep, records);
  EXPECT_THAT(phase->trials, ElementsAre(1));
  EXPECT_EQ(phase->pause_epoch, std::nullopt);
  records[1].results.push_back(finished(0.3));
  EXPECT_FALSE(next_phase(sweep, records));

  // A finished one is first whatever its error; then the longest trained.
  const auto ranked = rank_trials(sweep, records);
  EXPECT_THAT(order_of(ranked), ElementsAre(1, 4, 3, 2, 0));
  EXPECT_EQ(ranked[0].status, TrialStatus::finished);
  EXPECT_EQ(ranked[1].status, TrialStatus::terminated);
}

TEST(SuccessiveHalvingRule, ThoseThatEndedOrDivergedAreNotTrainedOn) {
  const SweepConfig sweep = sweep_with(SuccessiveHalving{2, 1});
  std::vector<TrialRecord> records(4);
  records[0].results = {finished(0.1, 1)};  // at its end within the first rung
  records[1].results = {kDiverged};
  records[2].results = {paused(1, 0.2)};
  records[3].results = {paused(1, 0.3)};
  const auto phase = next_phase(sweep, records);
  EXPECT_THAT(phase->trials, ElementsAre(2)) << "with 0, which needs no more";
  EXPECT_EQ(phase->pause_epoch, 2.0);
  records[2].results.push_back(finished(0.05, 2));
  EXPECT_FALSE(next_phase(sweep, records));
  EXPECT_THAT(order_of(rank_trials(sweep, records)), ElementsAre(2, 0, 3, 1));

  std::vector<TrialRecord> lost(3);
  for (TrialRecord& record : lost) record.results = {kDiverged};
  EXPECT_FALSE(next_phase(sweep, lost));
}

TEST(SuccessiveHalvingRule, ALoneTrialIsNotPaused) {
  const std::vector<TrialRecord> records(1);
  EXPECT_EQ(next_phase(sweep_with(SuccessiveHalving{3, 1}), records)->pause_epoch, std::nullopt);
}

TEST(MedianRule, HasWavesAndTheirJudges) {
  const SweepConfig sweep = sweep_with(MedianRule{2, 1});
  std::vector<TrialRecord> records(5);
  const auto expect = [&](const std::vector<std::uint32_t>& trials, std::uint32_t judges) {
    const auto phase = next_phase(sweep, records);
    ASSERT_TRUE(phase);
    EXPECT_EQ(phase->trials, trials);
    EXPECT_EQ(phase->judges, judges);
    for (const std::uint32_t trial : trials) records[trial].results = {finished(0.1)};
  };
  expect({0, 1}, 0);
  records[3].results = {finished(0.1)};
  expect({2}, 2);
  expect({4}, 4);
  EXPECT_FALSE(next_phase(sweep, records));
}

std::vector<CurvePoint> curve(std::initializer_list<double> errors) {
  std::vector<CurvePoint> points;
  for (const double error : errors) {
    const auto epoch = static_cast<double>(points.size() + 1);
    points.push_back({static_cast<std::uint64_t>(epoch) * 10, epoch, error, std::nullopt});
  }
  return points;
}

TEST(MedianRule, ComparesTheBestSoFarAtTheSameEpoch) {
  std::vector<TrialRecord> judges(3);
  judges[0].curve = curve({0.5, 0.4, 0.1});
  judges[1].curve = curve({0.6, 0.3, 0.5});  // best by epoch 3: 0.3
  judges[2].curve = curve({0.9, 0.8});       // ended before epoch 3
  const auto hopeless = [&](std::initializer_list<double> errors, std::uint32_t grace = 1) {
    return is_hopeless({4, grace}, Metric::dev_error, judges, curve(errors));
  };
  // Median at epoch 1: 0.6; at 2: 0.4; at 3 of two: 0.2.
  EXPECT_FALSE(hopeless({0.6})) << "not worse";
  EXPECT_TRUE(hopeless({0.61}));
  EXPECT_FALSE(hopeless({0.61}, 2)) << "within the grace period";
  EXPECT_TRUE(hopeless({0.61, 0.41}, 2));
  EXPECT_FALSE(hopeless({0.2, 0.9})) << "its best counts";
  EXPECT_FALSE(hopeless({0.3, 0.3, 0.2}));
  EXPECT_TRUE(hopeless({0.3, 0.3, 0.21}));
  EXPECT_FALSE(hopeless({0.9, 0.9, 0.9, 0.9})) << "nobody to compare with";
  EXPECT_FALSE(hopeless({})) << "not evaluated yet";
  EXPECT_TRUE(hopeless({std::numeric_limits<double>::quiet_NaN()}));
  EXPECT_FALSE(is_hopeless({4, 1}, Metric::dev_error, {}, curve({0.9})));
}

// (0.7 + 0.1) / 2 is 0.39999999999999997.
TEST(MedianRule, RoundingOfAMedianDecidesNothing) {
  std::vector<TrialRecord> judges(2);
  judges[0].curve = curve({0.7});
  judges[1].curve = curve({0.1});
  EXPECT_FALSE(is_hopeless({2, 1}, Metric::dev_error, judges, curve({0.4})));
  EXPECT_TRUE(is_hopeless({2, 1}, Metric::dev_error, judges, curve({0.401})));
}

// Such a metric is compared by its negative.
TEST(MedianRule, AMetricThatMustRiseAndEqualsTheMedianIsNotHopeless) {
  const auto areas = [](double area) {
    std::vector<CurvePoint> points(1);
    points[0] = {.step = 10, .epoch = 1, .dev_error = {}, .dev_cost = {}};
    points[0].dev_metrics.roc_auc = area;
    return points;
  };
  std::vector<TrialRecord> judges(1);
  judges[0].curve = areas(0.9);
  EXPECT_FALSE(is_hopeless({2, 1}, Metric::roc_auc, judges, areas(0.9)));
  EXPECT_FALSE(is_hopeless({2, 1}, Metric::roc_auc, judges, areas(0.91)));
  EXPECT_TRUE(is_hopeless({2, 1}, Metric::roc_auc, judges, areas(0.89)));
}

TEST(Ranking, IsByMetricThenByNumberAndEndsWithTheDiverged) {
  SweepConfig sweep = sweep_with(NoTermination{});
  std::vector<TrialRecord> records(5);
  records[0].results = {finished(0.2)};
  records[1].results = {kDiverged};
  records[2].results = {finished(0.1)};
  records[3].results = {finished(0.1)};
  records[4].results = {result(TrialStatus::terminated, 3, 0.01)};
  EXPECT_THAT(order_of(rank_trials(sweep, records)), ElementsAre(2, 3, 0, 4, 1));
  records[0].results[0].dev_cost = 1;
  records[2].results[0].dev_cost = 3;
  records[3].results[0].dev_cost = 2;
  sweep.metric = Metric::dev_cost;
  EXPECT_THAT(order_of(rank_trials(sweep, records)), ElementsAre(0, 3, 2, 4, 1));
}

TEST(ShareOut, GivesTheExpensiveOnesFirst) {
  const std::vector<double> costs = {1, 5, 1, 4, 1};
  EXPECT_EQ(share_out(costs, 1), std::vector<int>(5, 0));
  // 5 to group 0, 4 to 1, 1 to 1 (5, 5), then 0, then 1.
  EXPECT_THAT(share_out(costs, 2), ElementsAre(1, 0, 0, 1, 1));
  EXPECT_TRUE(share_out({}, 3).empty());
  // Equal ones go round.
  EXPECT_THAT(share_out(std::vector<double>(5, 2.0), 2), ElementsAre(0, 1, 0, 1, 0));
}

}  // namespace
}  // namespace lockstep
