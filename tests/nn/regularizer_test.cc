#include "nn/regularizer.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"
#include "nn/gradient_check.h"
#include "nn/problem.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kTrainExamples = 50;

const NetworkSpec& spec() {
  static const NetworkSpec network =
      network_spec(7, {{5, Activation::tanh}, {4, Activation::relu}}, 3, Loss::logistic);
  return network;
}

TEST(Regularizer, L2ByHand) {
  const ParameterLayout layout = parameter_layout(network_spec(2, {}, 1, Loss::logistic));
  const std::vector<double> weights = {3, -4, 10};  // the last is the bias
  EXPECT_DOUBLE_EQ(l2_penalty<double>({0.6, false}, layout, weights, 3), 0.1 * 25);
  EXPECT_DOUBLE_EQ(l2_penalty<double>({0.6, true}, layout, weights, 3), 0.1 * 125);
  EXPECT_EQ(l2_penalty<double>({0, true}, layout, weights, 3), 0);

  std::vector<double> gradient = {1, 1, 1};
  add_l2_gradient<double>({0.6, false}, layout, {0, 3}, weights, 3, gradient);
  EXPECT_DOUBLE_EQ(gradient[0], 1.6);
  EXPECT_DOUBLE_EQ(gradient[1], 0.2);
  EXPECT_EQ(gradient[2], 1);
  add_l2_gradient<double>({0.6, true}, layout, {2, 3}, std::span(weights).last(1), 3,
                          std::span(gradient).last(1));
  EXPECT_DOUBLE_EQ(gradient[2], 3);
}

TEST(Regularizer, L2GradientAgreesWithTwoSidedDifferences) {
  const ParameterLayout layout = parameter_layout(spec());
  const std::vector<double> weights = keyed_values<double>(layout.size, 1);
  for (const bool include_biases : {false, true}) {
    const L2Spec l2{0.7, include_biases};
    const auto penalty = [&](const std::vector<double>& w) {
      return l2_penalty<double>(l2, layout, w, kTrainExamples);
    };
    std::vector<double> gradient(layout.size);
    add_l2_gradient<double>(l2, layout, {0, layout.size}, weights, kTrainExamples, gradient);
    EXPECT_LE(relative_difference(numerical_gradient(penalty, weights), gradient), kRightGradient);
    add_l2_gradient<double>(l2, layout, {0, layout.size}, weights, kTrainExamples, gradient);
    EXPECT_GE(relative_difference(numerical_gradient(penalty, weights), gradient), kWrongGradient)
        << "lambda twice";
  }
}

// Owners of any segments add what one owner of everything adds.
TEST(Regularizer, L2GradientGivesTheSameBitsForAnyCut) {
  const ParameterLayout layout = parameter_layout(spec());
  const std::vector<float> weights = keyed_values<float>(layout.size, 1);
  const std::vector<float> start = keyed_values<float>(layout.size, 2);
  for (const bool include_biases : {false, true}) {
    const L2Spec l2{0.7, include_biases};
    std::vector<float> whole = start;
    add_l2_gradient<float>(l2, layout, {0, layout.size}, weights, kTrainExamples, whole);
    EXPECT_NE(whole, start);
    for (std::uint64_t first = 0; first <= layout.size; ++first) {
      for (const std::uint64_t length : {0U, 1U, 9U, 40U}) {
        const std::uint64_t second = std::min(first + length, layout.size);
        std::vector<float> in_parts = start;
        for (const Range range :
             {Range{0, first}, Range{first, second}, Range{second, layout.size}}) {
          add_l2_gradient<float>(
              l2, layout, range, std::span(weights).subspan(range.begin, range.size()),
              kTrainExamples, std::span(in_parts).subspan(range.begin, range.size()));
        }
        EXPECT_EQ(in_parts, whole) << "cut at " << first << " and " << second;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep
