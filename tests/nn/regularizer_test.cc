#include "nn/regularizer.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"
#include "nn/dense_network.h"
#include "nn/gradient_comparison.h"
#include "nn/numerical_gradient.h"
#include "nn/problem.h"
#include "optim/optimizer.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kTrainExamples = 50;

const NetworkSpec& spec() {
  static const NetworkSpec network =
      network_spec(7, {{5, Activation::tanh}, {4, Activation::relu}}, 3, Loss::logistic);
  return network;
}

const ParameterTable& table() {
  static const ParameterTable of_spec = parameter_table(spec());
  return of_spec;
}

// What there is to choose: both penalties or one, for all layers or some, with
// biases or without.
const std::vector<RegularizationSpec>& choices() {
  static const std::vector<RegularizationSpec> all = {
      regularization(spec(), {0.7, 0}),     regularization(spec(), {0.7, 0}, true),
      regularization(spec(), {0, 0.4}),     regularization(spec(), {0, 0.4}, true),
      regularization(spec(), {0.7, 0.4}),   {{{0.7, 0.1}, {0, 0}, {0, 0.4}}, false},
      {{{0, 0}, {0.2, 0}, {0.3, 1}}, true},
  };
  return all;
}

std::vector<double> penalty_gradient(const Regularizer& regularizer,
                                     const std::vector<double>& weights) {
  std::vector<double> gradient(weights.size());
  regularizer.add_gradient<double>({0, weights.size()}, weights, gradient);
  return gradient;
}

TEST(Regularizer, ByHand) {
  const NetworkSpec network = network_spec(2, {}, 1, Loss::logistic);
  const ParameterTable parameters = parameter_table(network);
  const std::vector<double> weights = {3, -4, 10};  // the last is the bias
  const auto with = [&](LayerPenalty lambdas, bool biases) {
    return Regularizer(regularization(network, lambdas, biases), parameters, 3);
  };
  const auto penalty = [&](LayerPenalty lambdas, bool biases) {
    return with(lambdas, biases).penalty<double>(weights);
  };
  EXPECT_DOUBLE_EQ(penalty({0.6, 0}, false).l2, 0.1 * 25);
  EXPECT_DOUBLE_EQ(penalty({0.6, 0}, true).l2, 0.1 * 125);
  EXPECT_EQ(penalty({0.6, 0}, true).l1, 0);
  EXPECT_DOUBLE_EQ(penalty({0, 0.6}, false).l1, 0.1 * 7);
  EXPECT_DOUBLE_EQ(penalty({0, 0.6}, true).l1, 0.1 * 17);
  EXPECT_EQ(penalty({0, 0.6}, true).l2, 0);
  EXPECT_DOUBLE_EQ(penalty({0.6, 1.2}, false).sum(), 0.1 * 25 + 0.2 * 7);
  EXPECT_EQ(penalty({0, 0}, true).sum(), 0);

  std::vector<double> gradient = {1, 1, 1};
  with({0.6, 0}, false).add_gradient<double>({0, 3}, weights, gradient);
  EXPECT_DOUBLE_EQ(gradient[0], 1.6);
  EXPECT_DOUBLE_EQ(gradient[1], 0.2);
  EXPECT_EQ(gradient[2], 1);
  with({0, 0.6}, true).add_gradient<double>({0, 3}, weights, gradient);
  EXPECT_DOUBLE_EQ(gradient[0], 1.7);
  EXPECT_NEAR(gradient[1], 0.1, 1e-15);
  EXPECT_DOUBLE_EQ(gradient[2], 1.1);
}

TEST(Regularizer, WithoutLayersThereIsNoPenalty) {
  const Regularizer none({}, table(), kTrainExamples);
  const std::vector<double> weights = keyed_values<double>(table().size, 1);
  EXPECT_EQ(none.penalty<double>(weights).sum(), 0);
  EXPECT_EQ(penalty_gradient(none, weights), std::vector<double>(table().size, 0.0));
}

TEST(Regularizer, EachLayerHasItsOwnLambdas) {
  const std::vector<double> weights = keyed_values<double>(table().size, 1);
  const Regularizer second({{{0, 0}, {0.7, 0.4}, {0, 0}}, true}, table(), kTrainExamples);
  const Regularizer all(regularization(spec(), {0.7, 0.4}, true), table(), kTrainExamples);
  const std::vector<double> of_second = penalty_gradient(second, weights);
  const std::vector<double> of_all = penalty_gradient(all, weights);
  for (std::uint64_t i = 0; i < table().size; ++i) {
    EXPECT_EQ(of_second[i], table().layers[1].contains(i) ? of_all[i] : 0) << i;
  }
  // The layers' penalties add up.
  double sum = 0;
  for (const std::size_t layer : {0U, 1U, 2U}) {
    RegularizationSpec one = regularization(spec(), {0, 0}, true);
    one.layers[layer] = {0.7, 0.4};
    sum += Regularizer(one, table(), kTrainExamples).penalty<double>(weights).sum();
  }
  EXPECT_DOUBLE_EQ(all.penalty<double>(weights).sum(), sum);
}

TEST(Regularizer, GradientAgreesWithTwoSidedDifferences) {
  const std::vector<double> weights = keyed_values<double>(table().size, 4);
  ASSERT_GT(std::abs(*std::ranges::min_element(weights, {}, [](double w) { return std::abs(w); })),
            1e-3)
      << "too near to the kink of |w|";
  for (const RegularizationSpec& choice : choices()) {
    const Regularizer regularizer(choice, table(), kTrainExamples);
    const auto penalty = [&](const std::vector<double>& w) {
      return regularizer.penalty<double>(w).sum();
    };
    std::vector<double> gradient = penalty_gradient(regularizer, weights);
    EXPECT_LE(relative_difference(numerical_gradient(penalty, weights), gradient),
              kGreatDifference);
    regularizer.add_gradient<double>({0, table().size}, weights, gradient);
    EXPECT_GE(relative_difference(numerical_gradient(penalty, weights), gradient), kWrongDifference)
        << "lambda twice";
  }
}

// At its kink |w| has no derivative; the subgradient 0 is also what a two-sided
// difference gives there.
TEST(Regularizer, L1PushesNoWeightThatIsZero) {
  const Regularizer l1(regularization(spec(), {0, 0.4}), table(), kTrainExamples);
  const std::vector<double> zeros(table().size);
  EXPECT_EQ(penalty_gradient(l1, zeros), zeros);
  const auto penalty = [&](const std::vector<double>& w) { return l1.penalty<double>(w).sum(); };
  EXPECT_EQ(numerical_gradient(penalty, zeros), zeros);
  EXPECT_EQ(penalty_gradient(l1, std::vector<double>(table().size, -0.0)), zeros);
}

// Owners of any segments add what one owner of everything adds.
TEST(Regularizer, GradientGivesTheSameBitsForAnyCut) {
  const std::uint64_t size = table().size;
  const std::vector<float> weights = keyed_values<float>(size, 1);
  const std::vector<float> start = keyed_values<float>(size, 2);
  for (const RegularizationSpec& choice : choices()) {
    const Regularizer regularizer(choice, table(), kTrainExamples);
    std::vector<float> whole = start;
    regularizer.add_gradient<float>({0, size}, weights, whole);
    EXPECT_NE(whole, start);
    for (std::uint64_t first = 0; first <= size; ++first) {
      for (const std::uint64_t length : {0U, 1U, 9U, 40U}) {
        const std::uint64_t second = std::min(first + length, size);
        std::vector<float> in_parts = start;
        for (const Range range : {Range{0, first}, Range{first, second}, Range{second, size}}) {
          regularizer.add_gradient<float>(range,
                                          std::span(weights).subspan(range.begin, range.size()),
                                          std::span(in_parts).subspan(range.begin, range.size()));
        }
        EXPECT_EQ(in_parts, whole) << "cut at " << first << " and " << second;
      }
    }
  }
}

// ---- weight decay: (1.4), W := (1 - alpha lambda / m) W - alpha (backprop) ----

constexpr double kAlpha = 0.3;
constexpr double kLambda = 2;

// Two or three roundings of a double.
constexpr double kRounding = 1e-15;

std::vector<double> after_a_step(std::vector<double> weights, const std::vector<double>& slope) {
  update<double>(GradientDescent{}, {kAlpha, 1}, {weights, slope, {}});
  return weights;
}

TEST(WeightDecay, AStepWithoutDataMultipliesWeightsByOneMinusAlphaLambdaOverM) {
  const std::vector<double> weights = keyed_values<double>(table().size, 1);
  const Regularizer l2(regularization(spec(), {kLambda, 0}), table(), kTrainExamples);
  const std::vector<double> after = after_a_step(weights, penalty_gradient(l2, weights));
  const double decay = 1 - kAlpha * kLambda / kTrainExamples;
  for (const ParameterTensor& tensor : table().tensors) {
    const double factor = tensor.role == ParameterRole::weight ? decay : 1;
    for (std::uint64_t i = tensor.offset; i < tensor.range().end; ++i) {
      EXPECT_NEAR(after[i], factor * weights[i], kRounding) << tensor.name;
    }
  }
}

TEST(WeightDecay, AStepDecaysWeightsAndThenDescendsAsWithoutPenalty) {
  Problem problem = draw_problem(spec(), Labels::target_per_unit, 1);
  const std::vector<double> backprop = gradient<double>(problem);
  problem.regularization = regularization(spec(), {kLambda, 0}, /*include_biases=*/true);
  const std::vector<double> after = after_a_step(problem.weights, gradient<double>(problem));
  const double decay = 1 - kAlpha * kLambda / static_cast<double>(problem.rows);
  ASSERT_GT(euclidean_norm(backprop), 0.1);
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_NEAR(after[i], decay * problem.weights[i] - kAlpha * backprop[i], kRounding) << i;
  }
}

// L1 takes the same from every weight, however large.
TEST(WeightDecay, AStepOfL1MovesWeightsTowardZeroByAlphaLambdaOverTwoM) {
  const std::vector<double> weights = keyed_values<double>(table().size, 1);
  const Regularizer l1(regularization(spec(), {0, kLambda}, true), table(), kTrainExamples);
  const std::vector<double> after = after_a_step(weights, penalty_gradient(l1, weights));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double step = std::copysign(kAlpha * kLambda / (2 * kTrainExamples), weights[i]);
    EXPECT_NEAR(after[i], weights[i] - step, kRounding) << i;
  }
}

}  // namespace
}  // namespace lockstep
