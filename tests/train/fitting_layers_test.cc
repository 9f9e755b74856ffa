#include "train/fitting_layers.h"

#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

// The units of a first layer for the inputs of a file, normalized.
std::vector<double> units_of(const Normalizer& normalizer, const std::vector<float>& weights,
                             const std::vector<float>& biases, const std::vector<double>& inputs) {
  std::vector<double> units(biases.begin(), biases.end());
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    for (std::size_t j = 0; j < inputs.size(); ++j) {
      const double x = normalizer.mean.empty()
                           ? inputs[j]
                           : (inputs[j] - normalizer.mean[j]) * normalizer.inverse_deviation[j];
      units[unit] += weights[unit * inputs.size() + j] * x;
    }
  }
  return units;
}

const std::vector<float> kWeights = {0.5F, -1, 2, 0.25F, 3, -0.75F};  // 2 units, 3 features
const std::vector<float> kBiases = {0.1F, -2};
const std::vector<std::size_t> kSameOrder = {0, 1, 2};

TEST(RenormalizeInputs, TheLayerComputesTheSame) {
  const Normalizer there{{1, -2, 30}, {0.5F, 2, 0.1F}};
  const std::vector<double> x = {3, 5, -7};
  for (const Normalizer& here :
       {Normalizer{{4, 0, 10}, {0.25F, 1, 0.3F}}, Normalizer{{}, {}}, there}) {
    std::vector<float> weights = kWeights;
    std::vector<float> biases = kBiases;
    renormalize_inputs(there, here, kSameOrder, weights, biases);
    const std::vector<double> now = units_of(here, weights, biases, x);
    const std::vector<double> before = units_of(there, kWeights, kBiases, x);
    for (std::size_t unit = 0; unit < 2; ++unit) EXPECT_NEAR(now[unit], before[unit], 1e-4);
  }
}

TEST(RenormalizeInputs, FeaturesAreThoseOfTheSameName) {
  const Normalizer there{{1, -2, 30}, {0.5F, 2, 0.1F}};
  const Normalizer here{{30, 1, -2}, {0.1F, 0.5F, 2}};  // the same statistics in another order
  std::vector<float> weights = kWeights;
  std::vector<float> biases = kBiases;
  renormalize_inputs(there, here, std::vector<std::size_t>{2, 0, 1}, weights, biases);
  EXPECT_EQ(weights, kWeights) << "weights are already in the order of `here`";
  EXPECT_EQ(biases, kBiases);
}

TEST(RenormalizeInputs, EqualStatisticsKeepTheBits) {
  const Normalizer normalizer{{1, -2, 30}, {0.3F, 0, 0.7F}};
  std::vector<float> weights = kWeights;
  std::vector<float> biases = kBiases;
  renormalize_inputs(normalizer, normalizer, kSameOrder, weights, biases);
  EXPECT_EQ(weights, kWeights);
  EXPECT_EQ(biases, kBiases);
}

// A constant feature has the inverse deviation 0.
TEST(RenormalizeInputs, AFeatureThatIsConstantHereKeepsItsWeightAndMovesTheBias) {
  const Normalizer there{{1, -2, 30}, {0.5F, 2, 0.1F}};
  const Normalizer here{{1, 4, 30}, {0.5F, 0, 0.1F}};
  std::vector<float> weights = kWeights;
  std::vector<float> biases = kBiases;
  renormalize_inputs(there, here, kSameOrder, weights, biases);
  EXPECT_EQ(weights, kWeights);
  const std::vector<double> x = {3, 4, -7};  // the constant
  const std::vector<double> now = units_of(here, weights, biases, x);
  const std::vector<double> before = units_of(there, kWeights, kBiases, x);
  for (std::size_t unit = 0; unit < 2; ++unit) EXPECT_NEAR(now[unit], before[unit], 1e-5);
}

TEST(RenormalizeInputs, AFeatureThatWasConstantThereIsNotUsed) {
  const Normalizer there{{1, -2, 30}, {0.5F, 0, 0.1F}};
  const Normalizer here{{1, -2, 30}, {0.5F, 2, 0.1F}};
  std::vector<float> weights = kWeights;
  std::vector<float> biases = kBiases;
  renormalize_inputs(there, here, kSameOrder, weights, biases);
  EXPECT_EQ(weights, (std::vector<float>{0.5F, 0, 2, 0.25F, 0, -0.75F}));
  EXPECT_EQ(biases, kBiases);
}

TEST(RescaleTargets, ThePredictionsAreTheSameInTheUnitsOfTheFile) {
  const TargetScale there{{100, -5}, {20, 0.5}};
  const std::vector<double> h = {0.3, -2, 0.7};
  for (const TargetScale& here : {TargetScale{{90, 1}, {10, 2}}, TargetScale{{}, {}}, there}) {
    std::vector<float> weights = kWeights;
    std::vector<float> biases = kBiases;
    rescale_targets(there, here, weights, biases);
    const std::vector<double> now = units_of({}, weights, biases, h);
    const std::vector<double> before = units_of({}, kWeights, kBiases, h);
    for (std::size_t target = 0; target < 2; ++target) {
      const double value = before[target] * there.deviation[target] + there.mean[target];
      const double again = here.mean.empty()
                               ? now[target]
                               : now[target] * here.deviation[target] + here.mean[target];
      EXPECT_NEAR(again, value, 1e-4);
    }
  }
}

TEST(RescaleTargets, TheSameScaleKeepsTheBits) {
  const TargetScale scale{{100, -5}, {3, 0.7}};
  std::vector<float> weights = kWeights;
  std::vector<float> biases = kBiases;
  rescale_targets(scale, scale, weights, biases);
  EXPECT_EQ(weights, kWeights);
  EXPECT_EQ(biases, kBiases);
}

// Two layers of 3-2-1, whose output has a bias or not.
NetworkSpec two_layers(bool output_bias) {
  NetworkSpec network;
  network.input = {3};
  network.layers = {{DenseSpec{2, {}}, {.activation = Activation::tanh}, {0}},
                    {DenseSpec{1, {}}, {.bias = output_bias}, {1}}};
  network.loss = Loss::squared_error;
  return network;
}

SavedModel model_of(const NetworkSpec& network) {
  return {.job = {},
          .step = 0,
          .weights_digest = {},
          .weights = {},
          .normalizer = {},
          .targets = {{10}, {2}},
          .threshold = {},
          .table = {},
          .label_width = 1,
          .image = {},
          .class_counts = {},
          .train_fingerprint = {},
          .dev_fingerprint = {},
          .test_fingerprint = {},
          .network = Network<float>(network),
          .panels = Panels<float>(network)};
}

std::vector<std::string> obstacles(const NetworkSpec& there, const NetworkSpec& here,
                                   const TargetScale& targets) {
  Dataset data;
  data.features = 3;
  data.targets = targets;
  std::vector<std::string> texts;
  for (const LayerFit& fit : fit_layers(model_of(there), here, data)) texts.push_back(fit.obstacle);
  return texts;
}

TEST(FitLayers, OnlyAffineLayersAreConverted) {
  using testing::ElementsAre;
  using testing::HasSubstr;
  const TargetScale other{{10}, {3}};
  EXPECT_THAT(obstacles(two_layers(true), two_layers(true), other), ElementsAre("", ""));
  EXPECT_THAT(obstacles(two_layers(false), two_layers(false), {{10}, {2}}), ElementsAre("", ""));
  EXPECT_THAT(obstacles(two_layers(false), two_layers(false), other),
              ElementsAre("", HasSubstr("targets have other statistics")));
}

TEST(FitLayers, KindAndBiasAreThoseOfTheLayerThere) {
  EXPECT_THAT(obstacles(two_layers(true), two_layers(false), {{10}, {2}}),
              testing::ElementsAre("", "it is a layer of another kind there"));
  EXPECT_TRUE(has_shape_that_fits(two_layers(true), two_layers(false))) << "the first layer";
}

}  // namespace
}  // namespace lockstep
