// Backward passes against two-sided differences of the cost, as a whole and
// for every tensor of every layer; and wrong gradients, which must be found.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/activations.h"
#include "nn/dense_network.h"
#include "nn/gradient_comparison.h"
#include "nn/numerical_gradient.h"
#include "nn/parameters.h"
#include "nn/problem.h"

namespace lockstep {
namespace {

struct Case {
  std::string name;
  NetworkSpec spec;
  Labels labels = Labels::class_number;
  RegularizationSpec regularization = {};
  int steps_before = 0;  // of gradient descent
};

std::ostream& operator<<(std::ostream& out, const Case& problem_case) {
  return out << problem_case.name;
}

Problem problem_of(const Case& problem_case) {
  return away_from_kinks([&](std::uint32_t stream) {
    Problem problem = draw_problem(problem_case.spec, problem_case.labels, stream);
    problem.regularization = problem_case.regularization;
    for (int step = 0; step < problem_case.steps_before; ++step) {
      const std::vector<double> slope = gradient<double>(problem);
      for (std::size_t i = 0; i < slope.size(); ++i) problem.weights[i] -= 0.3 * slope[i];
    }
    return problem;
  });
}

std::vector<double> two_sided_differences(const Problem& problem) {
  return numerical_gradient([&](std::span<const double> weights) { return cost(problem, weights); },
                            problem.weights);
}

NetworkSpec with_activation(Activation activation) {
  return network_spec(6, {{5, activation}, {4, activation}}, 3, Loss::softmax_cross_entropy);
}

NetworkSpec with_loss(std::uint64_t outputs, Loss loss) {
  return network_spec(6, {{5, Activation::tanh}}, outputs, loss);
}

NetworkSpec with_dropout(double input, double hidden) {
  NetworkSpec spec = network_spec(9, {{8, Activation::relu, hidden}, {7, Activation::tanh, hidden}},
                                  3, Loss::softmax_cross_entropy);
  spec.input_keep_prob = input;
  return spec;
}

NetworkSpec with_everything() {
  NetworkSpec spec = network_spec(7,
                                  {{6, Activation::tanh, 0.8},
                                   {7, Activation::leaky_relu, 0.9},
                                   {5, Activation::sigmoid},
                                   {6, Activation::relu, 0.75},
                                   {4, Activation::linear}},
                                  3, Loss::softmax_cross_entropy);
  spec.input_keep_prob = 0.9;
  return spec;
}

RegularizationSpec everything_penalized() {
  return regularization(with_everything(), {0.5, 0.1}, true);
}

std::vector<Case> fixed_cases() {
  using enum Loss;
  const NetworkSpec plain = with_activation(Activation::tanh);
  return {
      {"SoftmaxWithoutHiddenLayers", network_spec(6, {}, 4, softmax_cross_entropy)},
      {"LogisticRegression", network_spec(6, {}, 1, logistic)},
      {"LogisticOneUnit", with_loss(1, logistic)},
      {"LogisticTargetPerUnit", with_loss(4, logistic), Labels::target_per_unit},
      {"LogisticClassNumber", with_loss(4, logistic)},
      {"SquaredOneUnit", with_loss(1, squared_error), Labels::target_per_unit},
      {"SquaredTargetPerUnit", with_loss(4, squared_error), Labels::target_per_unit},
      {"SquaredClassNumber", with_loss(4, squared_error)},
      {"AbsoluteTargetPerUnit", with_loss(4, absolute_error), Labels::target_per_unit},
      {"HuberTargetPerUnit", with_loss(4, huber), Labels::target_per_unit},
      {"InputDropout", with_dropout(0.7, 1)},
      {"HiddenDropout", with_dropout(1, 0.6)},
      {"InputAndHiddenDropout", with_dropout(0.8, 0.7)},
      {"L2", plain, Labels::class_number, regularization(plain, {0.7, 0})},
      {"L2WithBiases", plain, Labels::class_number, regularization(plain, {0.7, 0}, true)},
      {"L1", plain, Labels::class_number, regularization(plain, {0, 0.4})},
      {"L1WithBiases", plain, Labels::class_number, regularization(plain, {0, 0.4}, true)},
      {"L2AndL1", plain, Labels::class_number, regularization(plain, {0.7, 0.4})},
      {"LambdasOfEachLayer", plain, Labels::class_number, {{{0.7, 0}, {0, 0.4}, {0.3, 0.2}}, true}},
      {"Everything", with_everything(), Labels::class_number, everything_penalized()},
      {"EverythingAfterTraining", with_everything(), Labels::class_number, everything_penalized(),
       30},
  };
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = [] {
    std::vector<Case> every = fixed_cases();
    for (const ActivationFacts& facts : kActivations) {
      every.push_back({std::string(facts.name), with_activation(facts.kind)});
    }
    return every;
  }();
  return all;
}

class Gradient : public testing::TestWithParam<Case> {};

TEST_P(Gradient, ForwardPassIsThePlainFormulas) {
  const Problem problem = problem_of(GetParam());
  const std::vector<double> logits = plain_forward(problem).logits;
  EXPECT_LE(relative_difference(network_logits(problem), logits), 1e-14);
}

TEST_P(Gradient, OfTheWholeNetworkAgreesWithTwoSidedDifferences) {
  const Problem problem = problem_of(GetParam());
  EXPECT_LE(relative_difference(two_sided_differences(problem), gradient<double>(problem)),
            kGreatDifference);
}

TEST_P(Gradient, OfEveryTensorAgreesWithTwoSidedDifferences) {
  const Problem problem = problem_of(GetParam());
  const std::vector<double> approximate = two_sided_differences(problem);
  const std::vector<double> exact = gradient<double>(problem);
  for (const ParameterTensor& tensor : parameter_table(problem.spec).tensors) {
    const auto part = [&](const std::vector<double>& flat) {
      return std::span(flat).subspan(tensor.offset, tensor.range().size());
    };
    // Else there would be nothing to compare but rounding.
    ASSERT_GT(euclidean_norm(part(exact)), 1e-3) << tensor.name;
    EXPECT_LE(relative_difference(part(approximate), part(exact)), kGreatDifference) << tensor.name;
  }
}

TEST_P(Gradient, InFloatIsTheOneInDouble) {
  const Problem problem = problem_of(GetParam());
  EXPECT_LE(relative_difference(gradient<float>(problem), gradient<double>(problem)), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(, Gradient, testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

// Each of these mistakes is far above what the tests above allow.
struct Mistake {
  std::string name;
  std::function<std::vector<double>(Problem)> wrong_gradient;
};

std::ostream& operator<<(std::ostream& out, const Mistake& mistake) { return out << mistake.name; }

std::vector<double> with_negated(const Problem& problem, const ParameterTensor& tensor) {
  std::vector<double> result = gradient<double>(problem);
  for (std::uint64_t i = tensor.offset; i < tensor.range().end; ++i) result[i] = -result[i];
  return result;
}

const std::vector<Mistake>& mistakes() {
  static const std::vector<Mistake> all = {
      {"L2LambdaTwice",
       [](Problem problem) {
         for (LayerPenalty& layer : problem.regularization.layers) layer.l2_lambda *= 2;
         return gradient<double>(problem);
       }},
      {"L1LambdaTwice",  // over m instead of 2 m
       [](Problem problem) {
         for (LayerPenalty& layer : problem.regularization.layers) layer.l1_lambda *= 2;
         return gradient<double>(problem);
       }},
      {"NoPenalty",
       [](Problem problem) {
         problem.regularization.layers.clear();
         return gradient<double>(problem);
       }},
      {"NoPenaltyOfOneLayer",
       [](Problem problem) {
         problem.regularization.layers[2] = {};
         return gradient<double>(problem);
       }},
      {"BiasesNotPenalized",
       [](Problem problem) {
         problem.regularization.include_biases = false;
         return gradient<double>(problem);
       }},
      {"AWrongSign",
       [](const Problem& problem) {
         return with_negated(problem, weight_of(parameter_table(problem.spec), 0));
       }},
      {"AWrongSignOfABias",
       [](const Problem& problem) {
         return with_negated(problem, bias_of(parameter_table(problem.spec), 1));
       }},
      {"AMissingRow",
       [](Problem problem) {
         --problem.rows;
         return gradient<double>(problem);
       }},
      {"SumInsteadOfMean",
       [](const Problem& problem) {
         std::vector<double> result = gradient<double>(problem);
         for (double& value : result) value *= static_cast<double>(problem.rows);
         return result;
       }},
      {"NoMasks",
       [](Problem problem) {
         problem.dropout.reset();
         return gradient<double>(problem);
       }},
      {"MasksOfTheNextStep",
       [](Problem problem) {
         ++problem.dropout->step;
         return gradient<double>(problem);
       }},
      {"MasksOfOtherExamples",
       [](Problem problem) {
         std::ranges::reverse(problem.examples);
         return gradient<double>(problem);
       }},
      {"AnotherSlope",
       [](Problem problem) {
         problem.spec.layers[1].epilogue.activation = Activation::relu;
         return gradient<double>(problem);
       }},
      {"AnotherLabel",
       [](Problem problem) {
         problem.labels[0] = 1 - problem.labels[0];
         return gradient<double>(problem);
       }},
  };
  return all;
}

class WrongGradient : public testing::TestWithParam<Mistake> {};

TEST_P(WrongGradient, IsFound) {
  const Problem problem =
      problem_of({"", with_everything(), Labels::class_number, everything_penalized()});
  EXPECT_GE(relative_difference(two_sided_differences(problem), GetParam().wrong_gradient(problem)),
            kWrongDifference);
}

INSTANTIATE_TEST_SUITE_P(, WrongGradient, testing::ValuesIn(mistakes()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lockstep
