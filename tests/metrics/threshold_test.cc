#include "metrics/threshold.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// Precision and recall of the second class from each score on:
//   0.9: 1/1, 1/4   0.8: 2/2, 2/4   0.6: 2/4, 2/4 (a tie)   0.4: 3/5, 3/4   0.1: 4/8, 4/4
const std::vector<RankedExample> kExamples = {{0.1F, true},  {0.9F, true},  {0.6F, false},
                                              {0.8F, true},  {0.6F, false}, {0.4F, true},
                                              {0.1F, false}, {0.1F, false}};

float between(float no, float yes) { return no + (yes - no) / 2; }

std::optional<float> best(const ThresholdGoal& goal) { return best_threshold(goal, kExamples); }

TEST(Threshold, OfTheLargestF1) {
  // 2/5, 4/6, 4/8, 6/9, 8/12: three are 2/3, and the largest threshold of those is taken.
  EXPECT_EQ(best(LargestF1{}), between(0.6F, 0.8F));
}

TEST(Threshold, OfTheLargestRecallWithAPrecision) {
  EXPECT_EQ(best(MinPrecision{1}), between(0.6F, 0.8F));
  EXPECT_EQ(best(MinPrecision{0.6}), between(0.1F, 0.4F));
  EXPECT_EQ(best(MinPrecision{0.5}), between(0, 0.1F));
  EXPECT_EQ(best_threshold(MinPrecision{0.9}, {{0.5F, true}, {0.7F, false}}), std::nullopt);
}

TEST(Threshold, OfTheLargestPrecisionWithARecall) {
  EXPECT_EQ(best(MinRecall{0.25}), between(0.8F, 0.9F));
  EXPECT_EQ(best(MinRecall{0.3}), between(0.6F, 0.8F));
  EXPECT_EQ(best(MinRecall{0.75}), between(0.1F, 0.4F));
  EXPECT_EQ(best(MinRecall{1}), between(0, 0.1F));
}

TEST(Threshold, OfTheSmallestCosts) {
  EXPECT_EQ(best(DecisionCosts{1, 1}), between(0.6F, 0.8F)) << "two wrong decisions";
  EXPECT_EQ(best(DecisionCosts{1, 10}), between(0, 0.1F));
  const float never = best(DecisionCosts{10, 0}).value_or(0);
  EXPECT_EQ(never, between(0.9F, 1));
  EXPECT_EQ(counts_at(never, kExamples).right_yes, 0U) << "never yes";
}

TEST(Threshold, TellsNeighbouringFloatsApart) {
  const float above = std::nextafter(0.5F, 1.0F);
  EXPECT_EQ(best_threshold(LargestF1{}, {{0.5F, false}, {above, true}}), above);
  const float never = best_threshold(DecisionCosts{1, 0}, {{1.0F, true}}).value_or(0);
  EXPECT_GT(never, 1.0F) << "1 is the largest probability";
}

TEST(Threshold, NeedsAPositiveExample) {
  EXPECT_EQ(best_threshold(LargestF1{}, {{0.5F, false}}), std::nullopt);
  EXPECT_EQ(best_threshold(DecisionCosts{1, 1}, {}), std::nullopt);
}

TEST(Threshold, CountsDecisionsFromItOn) {
  const ThresholdCounts counts = counts_at(0.6F, kExamples);
  EXPECT_EQ(counts.right_yes, 2U);
  EXPECT_EQ(counts.false_yes, 2U);
  EXPECT_EQ(counts.false_no, 2U);
  EXPECT_EQ(counts.right_no, 2U);
}

TEST(Threshold, IsOfTheSecondClassOfASoftmax) {
  const Predictions predictions{.loss = Loss::softmax_cross_entropy,
                                .by_unit = false,
                                .outputs = 2,
                                .label_width = 1,
                                .values = {0.25F, 0.75F, 0.5F, 0.5F},
                                .labels = {1, 0},
                                .decided = {1, 0}};
  SetMetrics metrics;
  add_threshold(0.6F, predictions, metrics);
  EXPECT_EQ(metrics.threshold, static_cast<double>(0.6F));
  EXPECT_EQ(metrics.threshold_error, 0.0);
  EXPECT_EQ(metrics.threshold_precision, 1.0);
  EXPECT_EQ(metrics.threshold_f1, 1.0);
  add_threshold(0.9F, predictions, metrics);
  EXPECT_EQ(metrics.threshold_error, 0.5);
  EXPECT_EQ(metrics.threshold_precision, std::nullopt) << "there is no yes";
  EXPECT_EQ(metrics.threshold_recall, 0.0);
  EXPECT_EQ(threshold_of(metrics), 0.9F);
}

}  // namespace
}  // namespace lockstep
