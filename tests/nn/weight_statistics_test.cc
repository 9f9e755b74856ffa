#include "nn/weight_statistics.h"

#include <vector>

#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

// Two layers: weights 2x2 and biases 2, weights 1x2 and a bias.
const ParameterTable& two_layers() {
  static const ParameterTable of_spec =
      parameter_table(network_spec(2, {{2, Activation::tanh}}, 1, Loss::logistic));
  return of_spec;
}

TEST(WeightStatistics, NormIsFrobeniusOverTheWeightsOfAllLayers) {
  const std::vector<float> weights = {1, -2, 0, 2, 100, 100, 6, -6, 100};
  EXPECT_DOUBLE_EQ(weight_statistics<float>(two_layers(), weights).norm, 9);
}

TEST(WeightStatistics, NearZeroIsRelativeToTheLargestWeightOfTheLayer) {
  // 1/1000 of 1 is near zero and a bit more is not; in the second layer the
  // same 1/1000 is a large weight. Biases, zero or large, do not count.
  const std::vector<double> weights = {1, -0.001, 0.0011, 0, 0, 50, 0.001, 1e-7, 0};
  EXPECT_DOUBLE_EQ(weight_statistics<double>(two_layers(), weights).near_zero, 3.0 / 6);
}

TEST(WeightStatistics, ALayerOfZerosIsNearZero) {
  const std::vector<float> weights = {0, 0, 0, 0, 1, 1, 2, 2, 1};
  EXPECT_DOUBLE_EQ(weight_statistics<float>(two_layers(), weights).near_zero, 4.0 / 6);
}

TEST(WeightStatistics, NoWeightOfAShrunkenLayerIsLarge) {
  // 1/1000 of 1 / sqrt(2) is 7.07e-4.
  const std::vector<float> weights = {1e-9F, 6e-4F, -7e-4F, 0, 1, 1, 1e-3F, 6e-4F, 1};
  EXPECT_DOUBLE_EQ(weight_statistics<float>(two_layers(), weights).near_zero, 5.0 / 6);
}

}  // namespace
}  // namespace lockstep
