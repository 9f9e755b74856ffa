#include "nn/loss.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"
#include "nn/gradient_comparison.h"
#include "nn/numerical_gradient.h"

namespace lockstep {
namespace {

constexpr Loss kLosses[] = {Loss::softmax_cross_entropy, Loss::logistic, Loss::squared_error,
                            Loss::absolute_error, Loss::huber};

// A network with nothing but a loss.
NetworkSpec with_loss(Loss loss, double huber_delta = 1.25) {
  NetworkSpec network;
  network.loss = loss;
  network.huber_delta = huber_delta;
  return network;
}

template <typename T>
struct Result {
  LossSums sums;
  std::vector<T> gradient;
};

template <typename T>
Result<T> evaluated(Loss loss, std::uint64_t rows, const std::vector<T>& logits,
                    const std::vector<float>& labels) {
  Result<T> result{{}, std::vector<T>(logits.size(), std::numeric_limits<T>::quiet_NaN())};
  const std::uint64_t units = logits.size() / rows;
  result.sums = evaluate_loss<T>(with_loss(loss), {logits.data(), rows, units},
                                 {labels.data(), rows, labels.size() / rows},
                                 {result.gradient.data(), rows, units});
  return result;
}

template <typename T>
Result<T> of_row(Loss loss, const std::vector<T>& logits, const std::vector<float>& label) {
  return evaluated<T>(loss, 1, logits, label);
}

struct Case {
  Loss loss;
  std::uint64_t units;
  std::vector<float> labels;  // of four rows
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {Loss::softmax_cross_entropy, 5, {0, 4, 2, 2}},
      {Loss::logistic, 1, {0, 1, 1, 0.25F}},
      {Loss::logistic, 5, {0, 4, 2, 2}},
      {Loss::logistic, 5, keyed_values<float>(20, 9, 0, 1)},
      {Loss::squared_error, 1, {0.5F, -3, 2, 0}},
      {Loss::squared_error, 5, {0, 4, 2, 2}},
      {Loss::squared_error, 5, keyed_values<float>(20, 9, -2, 2)},
      {Loss::absolute_error, 1, {0.5F, -3, 2, 0}},
      {Loss::absolute_error, 5, {0, 4, 2, 2}},
      {Loss::absolute_error, 5, keyed_values<float>(20, 9, -2, 2)},
      {Loss::huber, 1, {0.5F, -3, 2, 0}},
      {Loss::huber, 5, {0, 4, 2, 2}},
      {Loss::huber, 5, keyed_values<float>(20, 9, -2, 2)},
  };
  return all;
}

TEST(Loss, GradientsAgreeWithTwoSidedDifferences) {
  for (const Case& example : cases()) {
    const std::vector<double> logits = keyed_values<double>(4 * example.units, 1, -3, 3);
    const auto loss = [&](const std::vector<double>& z) {
      return evaluated(example.loss, 4, z, example.labels).sums.loss;
    };
    const Result<double> result = evaluated(example.loss, 4, logits, example.labels);
    EXPECT_LE(relative_difference(numerical_gradient(loss, logits), result.gradient),
              kGreatDifference)
        << "loss " << static_cast<int>(example.loss) << " of " << example.units << " units";
  }
}

template <typename T>
class LossOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(LossOf, Scalars);

TYPED_TEST(LossOf, HugeLogitsHaveTheirExactLimits) {
  using T = TypeParam;
  const T huge = T(1e4);
  const auto right = of_row<T>(Loss::softmax_cross_entropy, {huge, -huge, 0}, {0});
  EXPECT_EQ(right.sums.loss, 0);
  EXPECT_EQ(right.gradient, (std::vector<T>{0, 0, 0}));
  const auto wrong = of_row<T>(Loss::softmax_cross_entropy, {huge, -huge, 0}, {1});
  EXPECT_EQ(wrong.sums.loss, 2e4);
  EXPECT_EQ(wrong.gradient, (std::vector<T>{1, -1, 0}));
  const auto equal = of_row<T>(Loss::softmax_cross_entropy, {huge, huge}, {1});
  EXPECT_NEAR(equal.sums.loss, std::log(2.0), 1e-7);
  EXPECT_EQ(equal.gradient, (std::vector<T>{T(0.5), T(-0.5)}));

  const auto units = of_row<T>(Loss::logistic, {huge, huge, -huge, -huge}, {1, 0, 1, 0});
  EXPECT_EQ(units.sums.loss, 2e4);
  EXPECT_EQ(units.gradient, (std::vector<T>{0, 1, -1, 0}));
  EXPECT_EQ(of_row<T>(Loss::logistic, {huge}, {1}).sums.loss, 0);
  EXPECT_EQ(of_row<T>(Loss::logistic, {-huge}, {1}).sums.loss, 1e4);

  const auto squared = of_row<T>(Loss::squared_error, {huge, -huge}, {0, 0});
  EXPECT_EQ(squared.sums.loss, 1e8);
  EXPECT_EQ(squared.gradient, (std::vector<T>{huge, -huge}));
}

TYPED_TEST(LossOf, DifferencesOfValuesCountAsEachLossSays) {
  using T = TypeParam;
  const std::vector<T> z = {4, -4, 0.5, 0};
  const std::vector<float> targets = {0, 0, 0, 0};
  const auto absolute = of_row<T>(Loss::absolute_error, z, targets);
  EXPECT_EQ(absolute.sums.loss, 8.5);
  EXPECT_EQ(absolute.gradient, (std::vector<T>{1, -1, 1, 0}));
  const auto huber = of_row<T>(Loss::huber, z, targets);  // delta is 1.25
  EXPECT_EQ(huber.sums.loss, 2 * 1.25 * (4 - 0.625) + 0.125);
  EXPECT_EQ(huber.gradient, (std::vector<T>{1.25, -1.25, 0.5, 0}));
  const auto at_delta = of_row<T>(Loss::huber, {1.25}, {0});
  EXPECT_EQ(at_delta.sums.loss, 0.5 * 1.25 * 1.25) << "the two parts meet";
  EXPECT_EQ(at_delta.gradient, (std::vector<T>{1.25}));
}

TYPED_TEST(LossOf, TheLargestLogitMayStandAnywhere) {
  using T = TypeParam;
  for (std::size_t best = 0; best < 4; ++best) {
    std::vector<T> logits = {-900, -1000, -950, -800};
    logits[best] = 1000;
    for (std::size_t target = 0; target < 4; ++target) {
      const std::vector<float> label = {static_cast<float>(target)};
      const auto softmax = of_row<T>(Loss::softmax_cross_entropy, logits, label);
      EXPECT_EQ(softmax.sums.loss, 1000 - static_cast<double>(logits[target]));
      EXPECT_EQ(softmax.sums.wrong, target == best ? 0U : 1U);
      for (std::size_t o = 0; o < 4; ++o) {
        EXPECT_EQ(softmax.gradient[o], T(o == best ? 1 : 0) - T(o == target ? 1 : 0));
      }
      EXPECT_EQ(of_row<T>(Loss::logistic, logits, label).sums.wrong, target == best ? 0U : 1U);
    }
  }
}

TYPED_TEST(LossOf, SmallProbabilitiesKeepTheirDigits) {
  using T = TypeParam;
  // log(1 + e^-30): 1 + e^-30 alone would round to 1 in float.
  const auto sure = of_row<T>(Loss::logistic, {30}, {1});
  EXPECT_NEAR(sure.sums.loss / std::exp(-30.0), 1, 1e-6);
  EXPECT_NEAR(of_row<T>(Loss::logistic, {-30}, {0}).gradient[0] / std::exp(-30.0), 1, 1e-6);
}

TYPED_TEST(LossOf, ZeroLogitsCostTheLogOfTheNumberOfChoices) {
  using T = TypeParam;
  const std::vector<T> zeros(10);
  const auto softmax = of_row<T>(Loss::softmax_cross_entropy, zeros, {3});
  EXPECT_NEAR(softmax.sums.loss, std::log(10.0), 1e-6);
  EXPECT_NEAR(softmax.gradient[3], -0.9, 1e-6);
  EXPECT_NEAR(softmax.gradient[4], 0.1, 1e-6);
  EXPECT_NEAR(of_row<T>(Loss::logistic, zeros, {3}).sums.loss, 10 * std::log(2.0), 1e-6);
  EXPECT_EQ(of_row<T>(Loss::squared_error, zeros, {3}).sums.loss, 0.5);
}

TYPED_TEST(LossOf, AClassNumberIsAOneHotTarget) {
  using T = TypeParam;
  const std::vector<T> logits = keyed_values<T>(4, 1, -3, 3);
  for (const Loss loss : {Loss::logistic, Loss::squared_error}) {
    const auto number = of_row<T>(loss, logits, {2});
    const auto one_hot = of_row<T>(loss, logits, {0, 0, 1, 0});
    EXPECT_EQ(number.sums.loss, one_hot.sums.loss);
    EXPECT_EQ(number.gradient, one_hot.gradient);
  }
}

TYPED_TEST(LossOf, CountsWrongDecisions) {
  using T = TypeParam;
  const std::vector<T> rows = {1, 3, 2, /**/ 5, 4, 4, /**/ -1, -2, -3};
  EXPECT_EQ(evaluated<T>(Loss::softmax_cross_entropy, 3, rows, {1, 0, 2}).sums.wrong, 1);
  EXPECT_EQ(evaluated<T>(Loss::logistic, 3, rows, {1, 0, 2}).sums.wrong, 1);
  EXPECT_EQ(evaluated<T>(Loss::logistic, 3, {T(2), T(-2), T(2)}, {1, 1, 0}).sums.wrong, 2);
  EXPECT_EQ(evaluated<T>(Loss::softmax_cross_entropy, 3, rows, {1, 0, 2}).sums.decisions, 3);
  EXPECT_EQ(evaluated<T>(Loss::logistic, 3, rows, {1, 0, 2}).sums.decisions, 3);
  EXPECT_EQ(evaluated<T>(Loss::logistic, 3, {T(2), T(-2), T(2)}, {1, 1, 0}).sums.decisions, 3);
  // Independent units decide one by one.
  EXPECT_EQ(of_row<T>(Loss::logistic, {1, -1, 1, -1}, {1, 1, 1, 0}).sums.wrong, 1);
  EXPECT_EQ(of_row<T>(Loss::logistic, {1, -1, 1, -1}, {1, 1, 1, 0}).sums.decisions, 4);
  EXPECT_EQ(evaluated<T>(Loss::squared_error, 3, rows, {1, 0, 2}).sums.decisions, 0);
}

// 466 of 7 x 301 labels are as many wherever they stand: sums of sevenths are not.
TYPED_TEST(LossOf, EquallyManyWrongLabelsAreEqualErrors) {
  using T = TypeParam;
  const auto error_of = [](std::uint64_t first_wrong) {
    LossSums sums;
    for (std::uint64_t row = 0; row < 301; ++row) {
      std::vector<T> logits(7, T(1));
      const std::vector<float> labels(7, 1);
      for (std::uint64_t unit = 0; unit < 7; ++unit) {
        const std::uint64_t place = (7 * row + unit + 2107 - first_wrong) % 2107;
        if (place < 466) logits[unit] = T(-1);
      }
      sums += of_row<T>(Loss::logistic, logits, labels).sums;
    }
    EXPECT_EQ(sums.wrong, 466U);
    return error_rate(sums);
  };
  for (const std::uint64_t first : {0U, 1U, 5U, 300U, 2000U})
    EXPECT_EQ(error_of(first), 466.0 / 2107);
}

// As decides_yes() says: a logit of 0, of weights that are all 0, is no.
TYPED_TEST(LossOf, ALogitOfZeroSaysNo) {
  using T = TypeParam;
  EXPECT_EQ((of_row<T>(Loss::logistic, {T(0)}, {0}).sums.wrong), 0U);
  EXPECT_EQ((of_row<T>(Loss::logistic, {T(0)}, {1}).sums.wrong), 1U);
  EXPECT_EQ((of_row<T>(Loss::logistic, {T(0), T(1e-30), T(-1e-30)}, {0, 1, 0}).sums.wrong), 0U);
}

// A row of many units goes eight at a time; a row of one unit does not.
TEST(Loss, LogisticUnitsHaveTheSameBitsInEveryRow) {
  constexpr std::size_t kUnits = 37;
  const std::vector<float> z = keyed_values<float>(kUnits, 1, -20, 20);
  std::vector<float> labels = keyed_values<float>(kUnits, 2, 0, 1);
  const Result<float> row = of_row(Loss::logistic, z, labels);
  LossSums sums;
  for (std::size_t o = 0; o < kUnits; ++o) {
    const Result<float> alone = of_row<float>(Loss::logistic, {z[o]}, {labels[o]});
    EXPECT_EQ(row.gradient[o], alone.gradient[0]) << o;
    sums += alone.sums;
  }
  EXPECT_EQ(row.sums.loss, sums.loss);
  EXPECT_EQ(row.sums.wrong, sums.wrong);
}

TEST(Loss, LogisticClassNumberMeansOneHotLabels) {
  constexpr std::size_t kUnits = 21;
  const std::vector<float> z = keyed_values<float>(kUnits, 3, -3, 3);
  for (const std::size_t target : {0U, 7U, 8U, 20U}) {
    std::vector<float> one_hot(kUnits);
    one_hot[target] = 1;
    const Result<float> expected = of_row(Loss::logistic, z, one_hot);
    const Result<float> found = of_row<float>(Loss::logistic, z, {static_cast<float>(target)});
    EXPECT_EQ(found.gradient, expected.gradient);
    EXPECT_EQ(found.sums.loss, expected.sums.loss);
  }
}

TEST(ErrorRate, IsNoneWhereNothingIsDecided) {
  EXPECT_EQ(error_rate(LossSums{.loss = 3}), std::nullopt);
  EXPECT_EQ(error_rate(LossSums{.wrong = 1, .decisions = 4}), 0.25);
}

TYPED_TEST(LossOf, SumsAreTheSumsOfRowsInOrder) {
  using T = TypeParam;
  for (const Case& example : cases()) {
    const std::vector<T> logits = keyed_values<T>(4 * example.units, 1, -3, 3);
    const Result<T> all = evaluated(example.loss, 4, logits, example.labels);
    const std::size_t width = example.labels.size() / 4;
    LossSums sums;
    for (std::size_t row = 0; row < 4; ++row) {
      const auto part = [&](const auto& values, std::size_t columns) {
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * columns);
        return std::vector(begin, begin + static_cast<std::ptrdiff_t>(columns));
      };
      const auto one =
          of_row<T>(example.loss, part(logits, example.units), part(example.labels, width));
      sums += one.sums;
      EXPECT_EQ(one.gradient, part(all.gradient, example.units));
    }
    EXPECT_EQ(all.sums.loss, sums.loss);
    EXPECT_EQ(all.sums.wrong, sums.wrong);
  }
}

TYPED_TEST(LossOf, MayWriteTheGradientOverTheLogitsOrLeaveItOut) {
  using T = TypeParam;
  for (const Case& example : cases()) {
    std::vector<T> logits = keyed_values<T>(4 * example.units, 1, -3, 3);
    const Result<T> apart = evaluated(example.loss, 4, logits, example.labels);
    const Matrix<T> view{logits.data(), 4, example.units};
    const Matrix<const float> labels{example.labels.data(), 4, example.labels.size() / 4};
    EXPECT_EQ(evaluate_loss<T>(with_loss(example.loss), view, labels, {}).loss, apart.sums.loss);
    EXPECT_EQ(evaluate_loss<T>(with_loss(example.loss), view, labels, view).loss, apart.sums.loss);
    EXPECT_EQ(logits, apart.gradient);
  }
}

TYPED_TEST(LossOf, RowsCountAsTheirWeightsSay) {
  using T = TypeParam;
  const std::vector<float> weights = {2, 0.5F, 0, 1};
  for (const Case& example : cases()) {
    const std::vector<T> logits = keyed_values<T>(4 * example.units, 1, -3, 3);
    const std::size_t width = example.labels.size() / 4;
    std::vector<T> gradient(logits.size());
    const LossSums weighted = evaluate_loss<T>(
        with_loss(example.loss), {logits.data(), 4, example.units},
        {example.labels.data(), 4, width}, {gradient.data(), 4, example.units}, weights);
    const Result<T> plain = evaluated(example.loss, 4, logits, example.labels);
    EXPECT_EQ(weighted.wrong, plain.sums.wrong) << "decisions count once";
    double sum = 0;
    for (std::size_t row = 0; row < 4; ++row) {
      const std::vector<T> z(
          logits.begin() + static_cast<std::ptrdiff_t>(row * example.units),
          logits.begin() + static_cast<std::ptrdiff_t>((row + 1) * example.units));
      const std::vector<float> label(
          example.labels.begin() + static_cast<std::ptrdiff_t>(row * width),
          example.labels.begin() + static_cast<std::ptrdiff_t>((row + 1) * width));
      sum += of_row<T>(example.loss, z, label).sums.loss * static_cast<double>(weights[row]);
      for (std::size_t o = 0; o < example.units; ++o) {
        const std::size_t i = row * example.units + o;
        EXPECT_EQ(gradient[i], plain.gradient[i] * static_cast<T>(weights[row]));
      }
    }
    EXPECT_EQ(weighted.loss, sum);
  }
}

TYPED_TEST(LossOf, OfNanIsNan) {
  using T = TypeParam;
  for (const Loss loss : kLosses) {
    for (std::size_t position = 0; position < 3; ++position) {
      std::vector<T> logits = {1, 2, 3};
      logits[position] = std::numeric_limits<T>::quiet_NaN();
      EXPECT_TRUE(std::isnan(of_row<T>(loss, logits, {0}).sums.loss))
          << "loss " << static_cast<int>(loss) << ", unit " << position;
    }
  }
}

}  // namespace
}  // namespace lockstep
