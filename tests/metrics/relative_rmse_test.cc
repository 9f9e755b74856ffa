#include "metrics/relative_rmse.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace lockstep {
namespace {

Predictions of_targets(std::uint64_t targets, std::vector<float> values,
                       std::vector<float> labels) {
  return {.loss = Loss::squared_error,
          .by_unit = false,
          .outputs = targets,
          .label_width = targets,
          .values = std::move(values),
          .labels = std::move(labels),
          .decided = {}};
}

RelativeRmse rmse_of(const Predictions& predictions, const std::vector<double>& deviations) {
  return relative_rmse(predictions, deviations, 1).value();
}

TEST(RelativeRmse, IsTheMeanOverTheTargetsInTheirDeviations) {
  const Predictions two = of_targets(2, {3, 0, 4, 1}, {0, 10, 1, 11});
  EXPECT_DOUBLE_EQ(rmse_of(two, {6, 10}).value, (0.5 + 1.0) / 2);
  EXPECT_EQ(rmse_of(two, {6, 10}).standard_error, 0) << "all examples are alike";
}

// The deviation of the root of a mean of n squares of a standard normal number is about
// 1 / sqrt(2 n). More examples than groups.
TEST(RelativeRmse, HasTheStandardErrorOfASample) {
  for (const std::uint32_t n : {500U, 20000U}) {
    std::vector<float> values;
    std::vector<float> labels;
    for (std::uint32_t i = 0; i < n; ++i) {
      const RandomWords words = random_words({7, Purpose::search}, {i, 0, 0, 0});
      const double radius = std::sqrt(-2 * std::log1p(-uniform_from_words(words[0], words[1])));
      labels.push_back(static_cast<float>(i % 2));
      values.push_back(
          labels.back() +
          static_cast<float>(radius *
                             std::cos(6.283185307179586 * uniform_from_words(words[2], words[3]))));
    }
    const RelativeRmse found = rmse_of(of_targets(1, values, labels), {1});
    const double expected = 1 / std::sqrt(2.0 * n);
    EXPECT_NEAR(found.value, 1, 4 * expected);
    EXPECT_NEAR(found.standard_error / expected, 1, 0.2) << n;
  }
}

TEST(RelativeRmse, NeedsFinitePredictions) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(relative_rmse(of_targets(1, {nan, 1}, {0, 1}), std::vector<double>{1}, 1));
  EXPECT_FALSE(relative_rmse(of_targets(1, {}, {}), std::vector<double>{1}, 1));
}

TEST(RelativeRmse, LeavesOutTargetsThatAreTheSameInEveryExample) {
  const Predictions two = of_targets(2, {3, 0, 4, 1}, {0, 7, 1, 7});
  EXPECT_DOUBLE_EQ(rmse_of(two, {6, 1}).value, 0.5);
  EXPECT_FALSE(relative_rmse(of_targets(1, {3, 4}, {7, 7}), std::vector<double>{1}, 1));
}

}  // namespace
}  // namespace lockstep
