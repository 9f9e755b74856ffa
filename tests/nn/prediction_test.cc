#include "nn/prediction.h"

#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"
#include "nn/dense_network.h"

namespace lockstep {
namespace {

template <typename T>
std::vector<T> predicted(Loss loss, std::vector<T> logits, std::uint64_t rows) {
  to_predictions<T>(loss, {logits.data(), rows, logits.size() / rows});
  return logits;
}

TEST(Prediction, SoftmaxOfEachRow) {
  const auto p = predicted<double>(Loss::softmax_cross_entropy, {0, std::log(3.0), 7, 7}, 2);
  EXPECT_NEAR(p[0], 0.25, 1e-15);
  EXPECT_NEAR(p[1], 0.75, 1e-15);
  EXPECT_EQ(p[2], 0.5);
  EXPECT_EQ(p[3], 0.5);
}

TEST(Prediction, LargeLogitsStayFinite) {
  const auto p = predicted<float>(Loss::softmax_cross_entropy, {1000, -1000, 999}, 1);
  EXPECT_NEAR(p[0], 0.7310586, 1e-6);
  EXPECT_EQ(p[1], 0);
  const auto q = predicted<float>(Loss::logistic, {1000, -1000}, 1);
  EXPECT_EQ(q[0], 1);
  EXPECT_EQ(q[1], 0);
}

TEST(Prediction, TheLargestMayStandAnywhere) {
  for (std::size_t best = 0; best < 5; ++best) {
    std::vector<float> logits = {-900, -1000, -950, -800, -990};
    logits[best] = 1000;
    EXPECT_EQ(decided_class<float>(logits), best);
    std::vector<float> expected(5, 0.0F);
    expected[best] = 1;
    EXPECT_EQ(predicted<float>(Loss::softmax_cross_entropy, logits, 1), expected);
    for (float& logit : logits) logit -= 2000;  // all far below 0
    EXPECT_EQ(predicted<float>(Loss::softmax_cross_entropy, logits, 1), expected);
  }
}

TEST(Prediction, SigmoidOfEachUnitAndValuesAsTheyAre) {
  EXPECT_NEAR(predicted<double>(Loss::logistic, {std::log(3.0)}, 1)[0], 0.75, 1e-15);
  EXPECT_EQ(predicted<double>(Loss::squared_error, {3, -2}, 1), (std::vector<double>{3, -2}));
}

// A row of many units goes eight at a time; a row of one unit does not.
TEST(Prediction, SigmoidHasTheSameBitsInEveryRow) {
  const std::vector<float> z = keyed_values<float>(37, 1, -30, 30);
  EXPECT_EQ(predicted<float>(Loss::logistic, z, 1), predicted<float>(Loss::logistic, z, z.size()));
}

TEST(Prediction, DecidesForTheFirstOfTheLargest) {
  const std::array row = {0.5F, 2.0F, 2.0F};
  EXPECT_EQ(decided_class<float>(row), 1U);
  EXPECT_TRUE(decides_yes(0.1F));
  EXPECT_FALSE(decides_yes(0.0F));
}

// One label for each of several logistic units, or of a sole one; never of other losses.
TEST(Prediction, DecidesByUnitWhereEachHasALabel) {
  const auto by_unit = [](Loss loss, std::uint64_t outputs, std::uint64_t label_width) {
    return decides_by_unit(network_spec(4, {}, outputs, loss), label_width);
  };
  EXPECT_TRUE(by_unit(Loss::logistic, 3, 3));
  EXPECT_TRUE(by_unit(Loss::logistic, 1, 1));
  EXPECT_FALSE(by_unit(Loss::logistic, 3, 1));
  EXPECT_FALSE(by_unit(Loss::squared_error, 3, 3));
  EXPECT_FALSE(by_unit(Loss::squared_error, 1, 1));
  EXPECT_FALSE(by_unit(Loss::softmax_cross_entropy, 3, 1));
}

}  // namespace
}  // namespace lockstep
