#include "metrics/worst_examples.h"

#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> numbers(const std::vector<WorstExample>& worst) {
  std::vector<std::uint64_t> of;
  of.reserve(worst.size());
  for (const WorstExample& example : worst) of.push_back(example.example);
  return of;
}

TEST(WorstExamples, OfClassesHaveTheLeastProbabilityOfTheTrueOne) {
  const Predictions predictions{.loss = Loss::softmax_cross_entropy,
                                .outputs = 3,
                                .label_width = 1,
                                .values = {0.7F, 0.2F, 0.1F,  //
                                           0.1F, 0.8F, 0.1F,  //
                                           0.5F, 0.25F, 0.25F},
                                .labels = {0, 2, 1},
                                .decided = {0, 1, 0}};
  const std::vector<std::uint32_t> examples = {40, 7, 9};
  const auto worst = worst_examples(predictions, examples, {}, 2);
  EXPECT_THAT(numbers(worst), ElementsAre(7, 9));
  EXPECT_NEAR(worst[0].deviation, 0.9, 1e-6);
  EXPECT_THAT(worst[0].labels, ElementsAre(2));
  EXPECT_THAT(worst[0].predictions, ElementsAre(0.1F, 0.8F, 0.1F));
  EXPECT_THAT(numbers(worst_examples(predictions, examples, {}, 100)), ElementsAre(7, 9, 40));
}

TEST(WorstExamples, OfOneUnitAreAsThoseOfTwoClasses) {
  const Predictions predictions{.loss = Loss::logistic,
                                .by_unit = true,
                                .outputs = 1,
                                .label_width = 1,
                                .values = {0.9F, 0.2F, 0.6F},
                                .labels = {0, 0, 1},
                                .decided = {1, 0, 1}};
  const auto worst = worst_examples(predictions, std::vector<std::uint32_t>{0, 1, 2}, {}, 3);
  EXPECT_THAT(numbers(worst), ElementsAre(0, 2, 1));
}

TEST(WorstExamples, OfValuesAreComparedInDeviationsOfTheTargets) {
  const Predictions predictions{.loss = Loss::squared_error,
                                .outputs = 2,
                                .label_width = 2,
                                .values = {100, 1, 130, 1, 100, 4},
                                .labels = {100, 1, 100, 1, 100, 1},
                                .decided = {}};
  const std::vector<std::uint32_t> examples = {0, 1, 2};
  const std::vector<double> deviations = {100, 1};
  const auto worst = worst_examples(predictions, examples, deviations, 3);
  EXPECT_THAT(numbers(worst), ElementsAre(2, 1, 0));
  EXPECT_EQ(worst[0].output, 1U);
  EXPECT_NEAR(worst[1].deviation, 0.3, 1e-6);
  EXPECT_THAT(numbers(worst_examples(predictions, examples, {}, 3)), ElementsAre(1, 2, 0))
      << "without deviations, in the units of the file";
}

TEST(WorstExamples, EqualOnesComeInTheOrderOfTheirNumbers) {
  const Predictions predictions{.loss = Loss::absolute_error,
                                .outputs = 1,
                                .label_width = 1,
                                .values = {1, 1, 1},
                                .labels = {2, 2, 2},
                                .decided = {}};
  EXPECT_THAT(numbers(worst_examples(predictions, std::vector<std::uint32_t>{5, 3, 4}, {}, 2)),
              ElementsAre(3, 4));
}

// The label of values may be a class number, which stands for a one-hot target.
TEST(WorstExamples, OfValuesTakeAClassNumberForAOneHotTarget) {
  const Predictions predictions{.loss = Loss::squared_error,
                                .outputs = 2,
                                .label_width = 1,
                                .values = {1, 0, 0.5F, 0.25F},
                                .labels = {0, 1},
                                .decided = {}};
  const auto worst = worst_examples(predictions, std::vector<std::uint32_t>{0, 1}, {}, 2);
  EXPECT_THAT(numbers(worst), ElementsAre(1, 0));
  EXPECT_EQ(worst[0].output, 1U);
  EXPECT_NEAR(worst[0].deviation, 0.75, 1e-6);
}

}  // namespace
}  // namespace lockstep
