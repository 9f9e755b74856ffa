// Inverted dropout (1.6) keeps the expected value of the next z, so that
// evaluation needs neither masks nor scaling.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"
#include "nn/dense_network.h"
#include "nn/network.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kUnits = 40;
constexpr std::uint64_t kOutputs = 3;
constexpr std::uint32_t kRows = 100;
constexpr std::uint64_t kSteps = 100;
constexpr double kMasks = static_cast<double>(kRows) * kSteps;

struct Place {
  const char* name;
  bool hidden;  // in the hidden layer, or at the input
};

std::ostream& operator<<(std::ostream& out, const Place& place) { return out << place.name; }

class DropoutExpectation : public testing::TestWithParam<Place> {
 protected:
  // Weights and biases are drawn; one hidden ReLU layer, or none: then the
  // input is what units are dropped of.
  [[nodiscard]] NetworkSpec spec(double keep_prob) const {
    if (!GetParam().hidden) {
      NetworkSpec spec = network_spec(kUnits, {}, kOutputs, Loss::squared_error);
      spec.input_keep_prob = keep_prob;
      return spec;
    }
    return network_spec(kUnits, {{kUnits, Activation::relu, keep_prob}}, kOutputs,
                        Loss::squared_error);
  }

  // The values of the units that dropout may drop.
  [[nodiscard]] std::vector<double> activations(const std::vector<double>& weights) const {
    if (!GetParam().hidden) return input_;
    const ParameterTable table = parameter_table(spec(1));
    std::vector<double> result(kUnits);
    for (std::uint64_t unit = 0; unit < kUnits; ++unit) {
      const auto row = tensor_view(weight_of(table, 0), std::span(weights)).row(unit);
      const double z = std::inner_product(row.begin(), row.end(), input_.begin(),
                                          weights[bias_of(table, 0).offset + unit]);
      result[unit] = std::max(z, 0.0);
    }
    return result;
  }

  [[nodiscard]] std::vector<double> evaluated(const Network<double>& network,
                                              std::span<const double> weights) const {
    Workspace<double> workspace(network.spec(), 1);
    std::ranges::copy(input_, workspace.input().values().begin());
    network.predict(weights, workspace, 1);
    const auto logits = workspace.logits(1).values();
    return {logits.begin(), logits.end()};
  }

  std::vector<double> input_ = keyed_values<double>(kUnits, 1, 0, 1);
};

TEST_P(DropoutExpectation, MeanOfTheNextZOverManyMasksIsTheOneWithoutDropout) {
  for (const double keep_prob : {0.1, 0.25, 0.5, 0.8, 0.9}) {
    const Network<double> network(spec(keep_prob));
    const std::vector<double> weights = keyed_values<double>(network.parameter_table().size, 2);
    std::vector<double> sum(kOutputs);
    Workspace<double> workspace(network.spec(), kRows);
    std::vector<std::uint32_t> examples(kRows);
    std::iota(examples.begin(), examples.end(), 0U);
    for (std::uint64_t step = 0; step < kSteps; ++step) {
      for (std::uint64_t row = 0; row < kRows; ++row) {
        std::ranges::copy(input_, workspace.input().row(row).begin());
      }
      network.forward(weights, workspace, kRows, DropoutKey{7, step}, examples);
      for (std::uint64_t row = 0; row < kRows; ++row) {
        const auto logits = workspace.logits(kRows).row(row);
        for (std::uint64_t o = 0; o < kOutputs; ++o) sum[o] += logits[o];
      }
    }

    const std::vector<double> values = activations(weights);
    const std::vector<double> expected = evaluated(network, weights);
    const std::size_t last = network.spec().layers.size() - 1;
    for (std::uint64_t o = 0; o < kOutputs; ++o) {
      // z = sum of w a d / p + b, with Var(d / p) = (1 - p) / p for each unit.
      const auto row =
          tensor_view(weight_of(network.parameter_table(), last), std::span(weights)).row(o);
      double squares = 0;
      for (std::uint64_t unit = 0; unit < kUnits; ++unit) {
        squares += row[unit] * row[unit] * values[unit] * values[unit];
      }
      const double sigma = std::sqrt(squares * (1 - keep_prob) / keep_prob / kMasks);
      EXPECT_NEAR(sum[o] / kMasks, expected[o], 5 * sigma) << keep_prob << ", output " << o;
      // Without the division by p the mean would be seen to be off.
      const double bias = weights[bias_of(network.parameter_table(), last).offset + o];
      EXPECT_GT(std::abs((1 - keep_prob) * (expected[o] - bias)), 10 * sigma)
          << keep_prob << ", output " << o;
    }
  }
}

TEST_P(DropoutExpectation, EvaluationIsThatOfANetworkWithoutDropoutBitForBit) {
  const Network<double> without(spec(1));
  const std::vector<double> weights = keyed_values<double>(without.parameter_table().size, 2);
  const std::vector<double> expected = evaluated(without, weights);
  for (const double keep_prob : {0.1, 0.5, 0.9}) {
    EXPECT_EQ(evaluated(Network<double>(spec(keep_prob)), weights), expected) << keep_prob;
  }
}

INSTANTIATE_TEST_SUITE_P(, DropoutExpectation,
                         testing::Values(Place{"AtTheInput", false}, Place{"InAHiddenLayer", true}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lockstep
