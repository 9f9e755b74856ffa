#include "metrics/decision_counts.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

NetworkSpec network(Loss loss, std::uint64_t outputs) { return network_spec(1, {}, outputs, loss); }

DecisionCounts counted(Loss loss, std::uint64_t outputs, const std::vector<float>& logits,
                       const std::vector<float>& labels) {
  const std::uint64_t rows = logits.size() / outputs;
  const std::uint64_t width = labels.size() / rows;
  DecisionCounter counter(network(loss, outputs), width, 2);
  // Half of the rows on each thread.
  for (std::uint64_t r = 0; r < rows; ++r) {
    counter.add(static_cast<int>(r % 2), {logits.data() + r * outputs, 1, outputs},
                {labels.data() + r * width, 1, width});
  }
  const Communicator alone = Communicator::self();
  return counter.total(alone).value();
}

TEST(DecisionCounts, ConfusionOfClasses) {
  const auto counts = counted(Loss::softmax_cross_entropy, 3,
                              {9, 0, 0, 0, 9, 0, 0, 9, 0, 0, 0, 9, 9, 0, 0}, {0, 1, 2, 2, 1});
  EXPECT_EQ(counts.classes, 3U);
  EXPECT_EQ(counts.units, 1U);
  EXPECT_THAT(counts.counts, ElementsAre(1, 0, 0, 1, 1, 0, 0, 1, 1));

  const ClassScores one = class_scores(counts, 0, 1);
  EXPECT_EQ(one.examples, 2U);
  EXPECT_EQ(one.decided, 2U);
  EXPECT_EQ(one.right, 1U);
  EXPECT_DOUBLE_EQ(one.precision().value(), 0.5);
  EXPECT_DOUBLE_EQ(one.recall().value(), 0.5);
  const ClassScores two = class_scores(counts, 0, 2);
  EXPECT_DOUBLE_EQ(two.precision().value(), 1);
  EXPECT_DOUBLE_EQ(two.recall().value(), 0.5);
  EXPECT_DOUBLE_EQ(two.f1().value(), 2.0 / 3.0);
}

TEST(DecisionCounts, OneUnitSaysYesOrNo) {
  const auto counts = counted(Loss::logistic, 1, {1, -1, 1, -1}, {1, 1, 0, 0});
  EXPECT_EQ(counts.classes, 2U);
  EXPECT_THAT(counts.counts, ElementsAre(1, 1, 1, 1));
}

TEST(DecisionCounts, IndependentUnitsAreCountedEach) {
  const auto counts = counted(Loss::logistic, 2, {1, -1, 1, 1}, {1, 0, 0, 1});
  EXPECT_EQ(counts.units, 2U);
  EXPECT_THAT(counts.counts, ElementsAre(0, 1, 0, 1, 1, 0, 0, 1));
}

TEST(DecisionCounts, UnitsWithOneClassLabelDecideForOne) {
  const auto counts = counted(Loss::logistic, 2, {-1, -2, 3, 4}, {0, 0});
  EXPECT_EQ(counts.units, 1U);
  EXPECT_THAT(counts.counts, ElementsAre(1, 1, 0, 0));
}

TEST(DecisionCounts, NothingToDivideBy) {
  const auto counts = counted(Loss::softmax_cross_entropy, 2, {1, 0}, {0});
  EXPECT_FALSE(class_scores(counts, 0, 1).precision().has_value());
  EXPECT_FALSE(class_scores(counts, 0, 1).recall().has_value());
  EXPECT_FALSE(class_scores(counts, 0, 1).f1().has_value());
}

}  // namespace
}  // namespace lockstep
