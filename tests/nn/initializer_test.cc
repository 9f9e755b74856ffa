#include "nn/initializer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

constexpr WeightVariance kRandomKinds[] = {WeightVariance::he, WeightVariance::xavier,
                                           WeightVariance::glorot, WeightVariance::lecun};

NetworkSpec with_initializer(NetworkSpec spec, InitializerSpec initializer) {
  for (LayerSpec& layer : spec.layers) dense(layer).initializer = initializer;
  return spec;
}

NetworkSpec one_layer(std::uint64_t inputs, std::uint64_t outputs, InitializerSpec initializer) {
  return with_initializer(network_spec(inputs, {}, outputs, Loss::squared_error), initializer);
}

template <typename T>
std::vector<T> initialized(const NetworkSpec& spec, std::uint32_t seed = 1) {
  std::vector<T> flat(parameter_table(spec).size, T(7));
  initialize_parameters<T>(spec, seed, flat);
  return flat;
}

template <typename T>
std::vector<T> tensor_of(const ParameterTensor& tensor, const std::vector<T>& flat) {
  const auto values = tensor_view(tensor, std::span<const T>(flat)).values();
  return {values.begin(), values.end()};
}

TEST(Initializer, VariancesAreTheLecturesFormulas) {
  EXPECT_EQ(weight_variance({WeightVariance::he, 1}, 50, 30), 2.0 / 50);
  EXPECT_EQ(weight_variance({WeightVariance::xavier, 1}, 50, 30), 1.0 / 50);
  EXPECT_EQ(weight_variance({WeightVariance::glorot, 1}, 50, 30), 2.0 / 80);
  EXPECT_EQ(weight_variance({WeightVariance::lecun, 1}, 50, 30), 1.0 / 50);
  EXPECT_EQ(weight_variance({WeightVariance::zero, 3}, 50, 30), 0);
  EXPECT_EQ(weight_variance({WeightVariance::identity, 3}, 50, 30), 0);
  EXPECT_EQ(weight_variance({WeightVariance::he, 0.5}, 50, 30), 1.0 / 50);
}

TEST(Initializer, WeightsHaveTheirKindsMeanVarianceAndShape) {
  constexpr std::uint64_t kInputs = 250;
  constexpr std::uint64_t kOutputs = 400;
  constexpr double kWeights = kInputs * kOutputs;  // 1e5
  for (const WeightVariance kind : kRandomKinds) {
    for (const double multiplier : {0.25, 1.0, 3.0}) {
      const InitializerSpec initializer{kind, multiplier};
      const NetworkSpec spec = one_layer(kInputs, kOutputs, initializer);
      const std::vector<double> weights =
          tensor_of(weight_of(parameter_table(spec), 0), initialized<double>(spec));
      double sum = 0;
      double squares = 0;
      double fourth_powers = 0;
      for (const double w : weights) {
        sum += w;
        squares += w * w;
        fourth_powers += w * w * w * w;
      }
      const double variance = weight_variance(initializer, kInputs, kOutputs);
      const bool uniform = kind == WeightVariance::lecun;
      const double kurtosis = uniform ? 1.8 : 3.0;
      EXPECT_NEAR(sum / kWeights, 0, 5 * std::sqrt(variance / kWeights));
      EXPECT_NEAR(squares / kWeights / variance, 1, 5 * std::sqrt((kurtosis - 1) / kWeights));
      EXPECT_NEAR(fourth_powers / kWeights / (variance * variance), kurtosis, uniform ? 0.05 : 0.2);
      const double largest =
          std::abs(*std::ranges::max_element(weights, {}, [](double w) { return std::abs(w); }));
      if (uniform) {
        EXPECT_LE(largest, std::sqrt(3 * variance));
        EXPECT_GT(largest, 0.999 * std::sqrt(3 * variance));
      } else {
        EXPECT_GT(largest, 3.5 * std::sqrt(variance));
      }
    }
  }
}

TEST(Initializer, BiasesAreZeroAndZeroIsZero) {
  const NetworkSpec shape =
      network_spec(6, {{5, Activation::relu}, {4, Activation::tanh}}, 3, Loss::logistic);
  for (const WeightVariance kind : kRandomKinds) {
    const NetworkSpec spec = with_initializer(shape, {kind, 1});
    const std::vector<float> flat = initialized<float>(spec);
    const ParameterTable table = parameter_table(spec);
    for (std::size_t layer = 0; layer < 3; ++layer) {
      EXPECT_THAT(tensor_of(bias_of(table, layer), flat), testing::Each(0));
      EXPECT_THAT(tensor_of(weight_of(table, layer), flat), testing::Each(testing::Ne(0)));
    }
  }
  EXPECT_THAT(initialized<float>(with_initializer(shape, {WeightVariance::zero, 1})),
              testing::Each(0));
}

TEST(Initializer, FloatIsTheRoundedDouble) {
  for (const WeightVariance kind : kRandomKinds) {
    const NetworkSpec spec = one_layer(31, 17, {kind, 1});
    std::vector<float> rounded;
    for (const double w : initialized<double>(spec)) rounded.push_back(static_cast<float>(w));
    EXPECT_EQ(initialized<float>(spec), rounded);
  }
}

TEST(Initializer, DependsOnTheSeed) {
  const NetworkSpec spec = one_layer(31, 17, {});
  EXPECT_EQ(initialized<float>(spec, 1), initialized<float>(spec, 1));
  EXPECT_NE(initialized<float>(spec, 1), initialized<float>(spec, 2));
}

// A weight is drawn by its layer and its position there: other layers' sizes,
// and units added to its own, change nothing.
TEST(Initializer, AWeightIsAFunctionOfItsPlaceAlone) {
  const NetworkSpec narrow =
      network_spec(6, {{5, Activation::relu}, {7, Activation::relu}}, 3, Loss::logistic);
  const NetworkSpec wide =
      network_spec(9, {{5, Activation::relu}, {11, Activation::relu}}, 4, Loss::logistic);
  const std::vector<double> in_narrow =
      tensor_of(weight_of(parameter_table(narrow), 1), initialized<double>(narrow));
  const std::vector<double> in_wide =
      tensor_of(weight_of(parameter_table(wide), 1), initialized<double>(wide));
  EXPECT_TRUE(std::equal(in_narrow.begin(), in_narrow.end(), in_wide.begin()));
}

TEST(Initializer, LayersOfOneShapeDiffer) {
  const NetworkSpec spec =
      network_spec(5, {{5, Activation::relu}, {5, Activation::relu}}, 5, Loss::logistic);
  const ParameterTable table = parameter_table(spec);
  const std::vector<double> flat = initialized<double>(spec);
  EXPECT_NE(tensor_of(weight_of(table, 0), flat), tensor_of(weight_of(table, 1), flat));
  EXPECT_NE(tensor_of(weight_of(table, 1), flat), tensor_of(weight_of(table, 2), flat));
}

// The multiplier is of the matrix, not of a variance; any seed gives the same.
TEST(Initializer, IdentityIsAMultipleOfTheUnitMatrix) {
  for (const auto& [inputs, outputs] : {std::pair{4U, 4U}, {3U, 5U}, {5U, 3U}}) {
    const NetworkSpec spec = one_layer(inputs, outputs, {WeightVariance::identity, 1.5});
    const ParameterTable table = parameter_table(spec);
    const std::vector<float> flat = initialized<float>(spec);
    const auto weights = tensor_view(weight_of(table, 0), std::span<const float>(flat));
    for (std::uint64_t o = 0; o < outputs; ++o) {
      for (std::uint64_t i = 0; i < inputs; ++i) {
        EXPECT_EQ(weights.row(o)[i], o == i ? 1.5F : 0.0F);
      }
    }
    EXPECT_THAT(tensor_of(bias_of(table, 0), flat), testing::Each(0.0F));
    EXPECT_EQ(initialized<float>(spec, 2), flat);
  }
}

}  // namespace
}  // namespace lockstep
