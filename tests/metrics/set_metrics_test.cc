#include "metrics/set_metrics.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "metrics/checked_metric.h"
#include "metrics/dev_metric.h"
#include "metrics/ranking.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

Predictions yes_or_no(const std::vector<float>& values, const std::vector<float>& labels) {
  Predictions predictions{.loss = Loss::logistic,
                          .by_unit = true,
                          .outputs = 1,
                          .label_width = 1,
                          .values = values,
                          .labels = labels,
                          .decided = {}};
  for (const float value : values) predictions.decided.push_back(value > 0.5F ? 1 : 0);
  return predictions;
}

TEST(Ranking, CountsPairsAndHalfTheTies) {
  EXPECT_EQ(ranking_areas({{0.9F, true}, {0.8F, false}, {0.7F, true}, {0.1F, false}}).roc_auc,
            0.75);
  EXPECT_EQ(ranking_areas({{0.5F, true}, {0.5F, false}}).roc_auc, 0.5);
  EXPECT_EQ(ranking_areas({{0.1F, true}, {0.9F, false}}).roc_auc, 0.0);
  EXPECT_EQ(ranking_areas({{0.1F, true}, {0.9F, true}}).roc_auc, std::nullopt);
  EXPECT_EQ(ranking_areas({{0.1F, false}}).roc_auc, std::nullopt);
  EXPECT_EQ(ranking_areas({}).roc_auc, std::nullopt);
}

TEST(Ranking, PrecisionIsAveragedOverTheRecallGained) {
  // At 0.9: precision 1, half of the positives; at 0.7: precision 2/3, the other half.
  EXPECT_DOUBLE_EQ(ranking_areas({{0.9F, true}, {0.8F, false}, {0.7F, true}, {0.1F, false}})
                       .average_precision.value_or(-1),
                   0.5 + 0.5 * 2 / 3);
  EXPECT_EQ(ranking_areas({{0.5F, true}, {0.5F, false}}).average_precision, 0.5);
  EXPECT_EQ(ranking_areas({{0.5F, false}}).average_precision, std::nullopt);
  EXPECT_EQ(ranking_areas({{0.5F, true}}).average_precision, std::nullopt);
}

TEST(SetMetrics, TheBaselineDecidesTheMostFrequentClassOfTraining) {
  const Predictions predictions = yes_or_no({0.9F, 0.1F, 0.2F, 0.3F}, {1, 0, 0, 1});
  EXPECT_EQ(metrics_of(predictions, std::vector<std::uint64_t>{10, 2}).baseline_error, 0.5);
  EXPECT_EQ(metrics_of(predictions, std::vector<std::uint64_t>{1, 2}).baseline_error, 0.5);
  EXPECT_EQ(metrics_of(yes_or_no({0.9F, 0.1F, 0.2F, 0.3F}, {1, 0, 0, 0}),
                       std::vector<std::uint64_t>{10, 2})
                .baseline_error,
            0.25);
  EXPECT_EQ(metrics_of(predictions, {}).baseline_error, std::nullopt);
}

TEST(SetMetrics, ConfidencesAreInBinsOfAFifteenth) {
  const SetMetrics metrics = metrics_of(yes_or_no({1.0F, 0.0F, 0.75F, 0.75F}, {1, 1, 1, 0}), {});
  ASSERT_EQ(metrics.reliability.size(), 15U);
  // No with probability 0 is a confidence of 1, and wrong.
  EXPECT_EQ(metrics.reliability[14], (ReliabilityBin{2, 1, 1.0}));
  EXPECT_EQ(metrics.reliability[11], (ReliabilityBin{2, 1, 0.75}));
  EXPECT_DOUBLE_EQ(metrics.calibration_error.value_or(-1), (2 - 1 + 1.5 - 1) / 4);
}

TEST(SetMetrics, NothingIsMeasuredOfNumbersThatAreNotFinite) {
  for (const float odd :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const SetMetrics metrics = metrics_of(yes_or_no({0.9F, odd}, {1, 0}), {});
    EXPECT_FALSE(metrics.roc_auc || metrics.macro_f1 || metrics.calibration_error);
    EXPECT_TRUE(metrics.reliability.empty());
  }
  EXPECT_FALSE(metrics_of(yes_or_no({}, {}), {}).macro_f1);
}

TEST(SetMetrics, ATargetThatIsConstantHasNoShareOfVariance) {
  const Predictions constant{.loss = Loss::squared_error,
                             .by_unit = false,
                             .outputs = 1,
                             .label_width = 1,
                             .values = {1, 3},
                             .labels = {2, 2},
                             .decided = {}};
  const SetMetrics metrics = metrics_of(constant, {});
  EXPECT_EQ(metrics.rmse, 1.0);
  EXPECT_EQ(metrics.mae, 1.0);
  EXPECT_EQ(metrics.r2, std::nullopt);
  EXPECT_EQ(metrics.macro_f1, std::nullopt);
}

// A target in thousands does not hide one in tenths.
TEST(SetMetrics, SeveralTargetsHaveNumbersOfTheirOwn) {
  const Predictions two{.loss = Loss::squared_error,
                        .by_unit = false,
                        .outputs = 2,
                        .label_width = 2,
                        .values = {1000, 0.25F, 3000, 0.75F},
                        .labels = {2000, 0.5F, 4000, 0.5F},
                        .decided = {}};
  const SetMetrics metrics = metrics_of(two, {});
  ASSERT_EQ(metrics.targets.size(), 2U);
  EXPECT_EQ(metrics.targets[0], (TargetMetrics{1000, 1000, 0.0}));
  EXPECT_EQ(metrics.targets[1], (TargetMetrics{0.25, 0.25, std::nullopt}));
  EXPECT_EQ(metrics.rmse, 500.125);
  EXPECT_EQ(metrics.mae, 500.125);
  EXPECT_EQ(metrics.r2, 0.0) << "of the target that is not constant";
}

TEST(DevMetric, SomeMustRiseAndSomeMustFall) {
  SetScore dev{.sums = {.loss = 5, .wrong = 3, .decisions = 20}, .examples = 20};
  dev.metrics.macro_f1 = 0.1;
  dev.metrics.balanced_accuracy = 0.2;
  dev.metrics.roc_auc = 0.3;
  dev.metrics.average_precision = 0.4;
  dev.metrics.rmse = 5;
  dev.metrics.mae = 6;
  dev.metrics.r2 = 0.7;
  const auto expect = [&](Metric metric, double value, bool larger_is_better) {
    const auto of = dev_metric(metric, dev);
    ASSERT_TRUE(of);
    EXPECT_EQ(of->value, value);
    EXPECT_EQ(of->larger_is_better, larger_is_better) << value;
  };
  expect(Metric::dev_error, 0.15, false);
  expect(Metric::dev_cost, 0.25, false);
  expect(Metric::macro_f1, 0.1, true);
  expect(Metric::balanced_accuracy, 0.2, true);
  expect(Metric::roc_auc, 0.3, true);
  expect(Metric::average_precision, 0.4, true);
  expect(Metric::rmse, 5, false);
  expect(Metric::mae, 6, false);
  expect(Metric::r2, 0.7, true);
  EXPECT_GT(improvement(0.2, {.value = 0.3, .larger_is_better = true}), 0);
  EXPECT_LT(improvement(0.3, {.value = 0.2, .larger_is_better = true}), 0);
}

TEST(DevMetric, OneThatTheSetDoesNotHaveIsAnError) {
  const SetScore dev{.sums = {.loss = 5, .wrong = 3, .decisions = 20}, .examples = 20};
  EXPECT_THROW(static_cast<void>(dev_metric(Metric::roc_auc, dev)), Error);
  EXPECT_FALSE(dev_metric(Metric::roc_auc, {}));
}

// The tiny job, which has three classes, decides by this metric.
void check_with(const std::string& metric, const std::vector<float>& labels,
                std::uint64_t label_width = 1) {
  const Job job = tiny_job("/", {"early_stopping.metric=" + metric,
                                 label_width > 1 ? "network.output.loss=LOGISTIC"
                                                 : "network.output.loss=SOFTMAX_CROSS_ENTROPY"})
                      .job;
  Examples dev;
  dev.label_width = label_width;
  dev.labels = labels;
  dev.ids.resize(labels.size() / label_width);
  check_metric(job, dev);
}

TEST(CheckedThreshold, NeedsAnExampleOfTheSecondClass) {
  const auto check_with_labels = [](const std::vector<float>& labels,
                                    const std::vector<std::string>& overrides) {
    Examples dev;
    dev.label_width = 1;
    dev.labels = labels;
    check_threshold(tiny_job("/", overrides).job, dev);
  };
  const std::vector<std::string> chooses = {"network.output={units: 2}",
                                            "evaluation.threshold={largest_f1: true}"};
  EXPECT_NO_THROW(check_with_labels({0, 1}, chooses));
  EXPECT_THROW(check_with_labels({0, 0}, chooses), Error);
  EXPECT_NO_THROW(check_with_labels({0, 0}, {}));
}

TEST(CheckedMetric, IsOneThatTheDevSetCanHave) {
  for (const char* metric : {"ROC_AUC", "AVERAGE_PRECISION"}) {
    EXPECT_NO_THROW(check_with(metric, {0, 1, 1}));
    EXPECT_THROW(check_with(metric, {1, 1, 1}), Error) << metric;
    EXPECT_NO_THROW(check_with(metric, {0, 1, 1, 0, 0, 1}, 3)) << metric;
  }
  EXPECT_NO_THROW(check_with("MACRO_F1", {1, 1, 1}));
  EXPECT_NO_THROW(check_with("BALANCED_ACCURACY", {1, 1, 1}));
  EXPECT_THROW(check_with("BALANCED_ACCURACY", {0, 1, 1, 0, 0, 1}, 3), Error);
  EXPECT_NO_THROW(check_with("ROC_AUC", {})) << "without a dev set nothing is decided";
}

}  // namespace
}  // namespace lockstep
