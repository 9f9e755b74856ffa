#include "nn/activation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"
#include "nn/activations.h"
#include "nn/gradient_comparison.h"
#include "nn/numerical_gradient.h"

namespace lockstep {
namespace {

template <typename T>
struct Row {
  std::vector<T> values;
  std::vector<T> slopes;
};

template <typename T>
Row<T> activated(Activation activation, std::vector<T> z, const std::vector<T>& bias,
                 const std::vector<T>& mask = {}) {
  Row<T> row{std::move(z), std::vector<T>(bias.size(), std::numeric_limits<T>::quiet_NaN())};
  activate_row<T>(activation, bias, mask, row.values, row.slopes);
  return row;
}

template <typename T>
Row<T> activated(Activation activation, const std::vector<T>& z) {
  return activated(activation, z, std::vector<T>(z.size()));
}

// Values from -4 to 4 that keep 1e-3 away from 0.
std::vector<double> points_off_the_kink(std::size_t count) {
  std::vector<double> points = keyed_values<double>(count, 1, -4, 4);
  for (double& z : points) z += std::copysign(1e-3, z);
  return points;
}

TEST(Activation, SlopesAgreeWithTwoSidedDifferences) {
  const std::vector<double> points = points_off_the_kink(200);
  for (const ActivationFacts& facts : kActivations) {
    const Activation activation = facts.kind;
    const Row<double> row = activated(activation, points);
    std::vector<double> approximate;
    for (const double point : points) {
      const auto value = [&](std::span<const double> z) {
        return activated<double>(activation, {z[0]}).values[0];
      };
      approximate.push_back(numerical_gradient(value, {point})[0]);
    }
    EXPECT_LE(relative_difference(approximate, row.slopes), kGreatDifference) << facts.name;
  }
}

// The operators that rows use, as https://onnx.ai/onnx/operators defines them. A row with another
// one needs its line here.
double onnx_operator(const OnnxStep& step, double x, double second) {
  const std::string_view op = step.op;
  const double alpha = step.attribute_value;
  if (op == "Sigmoid") return 1 / (1 + std::exp(-x));
  if (op == "Tanh") return std::tanh(x);
  if (op == "Erf") return std::erf(x);
  if (op == "Relu") return std::max(0.0, x);
  if (op == "LeakyRelu") return x < 0 ? alpha * x : x;
  if (op == "Elu") return x < 0 ? alpha * std::expm1(x) : x;
  if (op == "Add") return x + second;
  if (op == "Mul") return x * second;
  if (op == "Div") return x / second;
  ADD_FAILURE() << "onnx_operator() does not know " << op;
  return std::numeric_limits<double>::quiet_NaN();
}

TEST(Activation, OnnxOperatorsComputeTheValue) {
  const std::vector<double> points = points_off_the_kink(200);
  for (const ActivationFacts& facts : kActivations) {
    const Row<double> row = activated(facts.kind, points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      double value = points[i];
      for (const OnnxStep& step : onnx_steps(facts.kind)) {
        value = onnx_operator(step, value,
                              step.second == OnnxStep::Second::z ? points[i] : step.constant);
      }
      // Constants and attributes of the operators are floats.
      ASSERT_NEAR(value, row.values[i], 1e-6) << facts.name << " at " << points[i];
    }
  }
}

template <typename T>
class ActivationOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(ActivationOf, Scalars);

TYPED_TEST(ActivationOf, KnownPoints) {
  using T = TypeParam;
  const std::vector<T> points = {-2, 0, 3};
  EXPECT_EQ(activated(Activation::linear, points).values, points);
  EXPECT_EQ(activated(Activation::relu, points).values, (std::vector<T>{0, 0, 3}));
  EXPECT_EQ(activated(Activation::relu, points).slopes, (std::vector<T>{0, 0, 1}));
  const T leak = static_cast<T>(0.01);
  EXPECT_EQ(activated(Activation::leaky_relu, points).values, (std::vector<T>{-2 * leak, 0, 3}));
  EXPECT_EQ(activated(Activation::leaky_relu, points).slopes, (std::vector<T>{leak, leak, 1}));
  const T tolerance = 4 * std::numeric_limits<T>::epsilon();
  const Row<T> sigmoid = activated(Activation::sigmoid, points);
  EXPECT_NEAR(sigmoid.values[0], 0.11920292202211755, tolerance);
  EXPECT_EQ(sigmoid.values[1], T(0.5));
  EXPECT_EQ(sigmoid.slopes[1], T(0.25));
  EXPECT_NEAR(sigmoid.values[2], 0.9525741268224334, tolerance);
  const Row<T> tanh = activated(Activation::tanh, points);
  EXPECT_NEAR(tanh.values[0], -0.9640275800758169, tolerance);
  EXPECT_EQ(tanh.slopes[1], T(1));
}

// From the series of exp and erf in decimal arithmetic of 50 digits.
TYPED_TEST(ActivationOf, KnownPointsOfSmoothRectifiers) {
  using T = TypeParam;
  const std::vector<T> points = {-3, T(-0.5), 0, 2};
  struct Known {
    Activation activation;
    std::vector<double> values;
    std::vector<double> slopes;
  };
  const Known all[] = {
      {Activation::elu,
       {-0.95021293163213605, -0.39346934028736658, 0, 2},
       {0.049787068367863944, 0.60653065971263342, 1, 1}},
      {
          Activation::gelu,
          {-0.0040496940948902835, -0.15426876936299344, 0, 1.9544997361036416},
          {-0.011945647204183927, 0.13250487534383715, 0.5, 1.0852318010781969},
      },
      {Activation::silu,
       {-0.14227761953270035, -0.18877033439907273, 0, 1.7615941559557649},
       {-0.088104106015169617, 0.26003881269734819, 0.5, 1.0907842487848955}},
  };
  const double tolerance = 8.0 * static_cast<double>(std::numeric_limits<T>::epsilon());
  for (const Known& known : all) {
    const Row<T> row = activated(known.activation, points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      EXPECT_NEAR(row.values[i], known.values[i], tolerance) << facts_of(known.activation).name;
      EXPECT_NEAR(row.slopes[i], known.slopes[i], tolerance) << facts_of(known.activation).name;
    }
  }
}

TEST(Activation, FactsAreTrue) {
  for (const ActivationFacts& facts : kActivations) {
    const auto at = [&](double z) {
      const Row<double> row = activated<double>(facts.kind, {z});
      return ValueAndSlope<double>{row.values[0], row.slopes[0]};
    };
    constexpr double kFar = 50;
    EXPECT_EQ(std::abs(at(-1e-12).slope - at(1e-12).slope) > 1e-3, facts.has_kink) << facts.name;
    EXPECT_EQ(at(-1).value == 0 && at(-1).slope == 0, facts.can_die) << facts.name;
    EXPECT_EQ(at(kFar).value == kFar && std::abs(at(-kFar).value) <= 1, facts.rectifies)
        << facts.name;
    const bool flat = at(-kFar).slope < 1e-9 && at(kFar).slope < 1e-9;
    EXPECT_EQ(flat, facts.bounds.has_value()) << facts.name;
    if (!facts.bounds) continue;
    EXPECT_NEAR(at(-kFar).value, facts.bounds->lower, 1e-9) << facts.name;
    EXPECT_NEAR(at(kFar).value, facts.bounds->upper, 1e-9) << facts.name;
  }
}

// Far from 0, too, where exp and squares leave the range of T.
TYPED_TEST(ActivationOf, StaysFiniteForFinitePoints) {
  using T = TypeParam;
  const T largest = std::numeric_limits<T>::max();
  const std::vector<T> points = {-largest, T(-1e4), T(-100), T(100), T(1e4), largest};
  for (const ActivationFacts& facts : kActivations) {
    const Row<T> row = activated(facts.kind, points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      EXPECT_TRUE(std::isfinite(row.values[i])) << facts.name << " at " << points[i];
      EXPECT_TRUE(std::isfinite(row.slopes[i])) << facts.name << " at " << points[i];
    }
  }
}

TYPED_TEST(ActivationOf, SaturatesWithoutOverflow) {
  using T = TypeParam;
  const std::vector<T> points = {T(-1e4), T(1e4)};
  const std::vector<T> flat = {0, 0};
  EXPECT_EQ(activated(Activation::sigmoid, points).values, (std::vector<T>{0, 1}));
  EXPECT_EQ(activated(Activation::sigmoid, points).slopes, flat);
  EXPECT_EQ(activated(Activation::tanh, points).values, (std::vector<T>{-1, 1}));
  EXPECT_EQ(activated(Activation::tanh, points).slopes, flat);
}

// Else a broken weight would hide behind a unit that looks switched off.
TYPED_TEST(ActivationOf, PassesNanOn) {
  using T = TypeParam;
  const std::vector<T> points(9, std::numeric_limits<T>::quiet_NaN());
  for (const ActivationFacts& facts : kActivations) {
    const Activation activation = facts.kind;
    for (const T value : activated(activation, points).values) {
      EXPECT_TRUE(std::isnan(value)) << facts.name;
    }
  }
}

TYPED_TEST(ActivationOf, BiasIsAddedInsideAndTheMaskIsMultipliedOutside) {
  using T = TypeParam;
  constexpr std::size_t kUnits = 37;
  const std::vector<T> z = keyed_values<T>(kUnits, 1, -3, 3);
  const std::vector<T> bias = keyed_values<T>(kUnits, 2);
  std::vector<T> mask(kUnits);
  for (std::size_t i = 0; i < kUnits; i += 3) mask[i] = T(1.25);
  std::vector<T> sum(kUnits);
  for (std::size_t i = 0; i < kUnits; ++i) sum[i] = z[i] + bias[i];
  for (const ActivationFacts& facts : kActivations) {
    const Activation activation = facts.kind;
    Row<T> expected = activated(activation, sum);
    EXPECT_EQ(activated(activation, z, bias).values, expected.values);
    EXPECT_EQ(activated(activation, z, bias).slopes, expected.slopes);
    for (std::size_t i = 0; i < kUnits; ++i) {
      expected.values[i] *= mask[i];
      expected.slopes[i] *= mask[i];
    }
    EXPECT_EQ(activated(activation, z, bias, mask).values, expected.values);
    EXPECT_EQ(activated(activation, z, bias, mask).slopes, expected.slopes);
  }
}

// A row goes eight values at a time; a row of one value does not.
TEST(Activation, ValueHasTheSameBitsInEveryRow) {
  std::vector<float> z = keyed_values<float>(2000, 1, -30, 30);
  for (const float special : {0.0F, -0.0F, 1e-40F, -1e-40F, 1e30F, -1e30F}) z.push_back(special);
  for (const ActivationFacts& facts : kActivations) {
    const Row<float> row = activated(facts.kind, z);
    for (std::size_t i = 0; i < z.size(); ++i) {
      const Row<float> alone = activated<float>(facts.kind, {z[i]});
      ASSERT_EQ(row.values[i], alone.values[0]) << facts.name << " at " << z[i];
      ASSERT_EQ(std::signbit(row.values[i]), std::signbit(alone.values[0])) << facts.name;
      ASSERT_EQ(row.slopes[i], alone.slopes[0]) << facts.name << " at " << z[i];
    }
  }
}

TYPED_TEST(ActivationOf, EvaluationGivesTheBitsOfTraining) {
  using T = TypeParam;
  constexpr std::size_t kRows = 3;
  constexpr std::size_t kUnits = 37;
  const std::vector<T> z = keyed_values<T>(kRows * kUnits, 1, -3, 3);
  const std::vector<T> bias = keyed_values<T>(kUnits, 2);
  for (const ActivationFacts& facts : kActivations) {
    const Activation activation = facts.kind;
    std::vector<T> trained = z;
    std::vector<T> evaluated = z;
    std::vector<T> slopes(kUnits);
    for (std::size_t row = 0; row < kRows; ++row) {
      const auto values = std::span(trained).subspan(row * kUnits, kUnits);
      activate_row<T>(activation, bias, {}, values, slopes);
    }
    activate<T>(activation, bias, {evaluated.data(), kRows, kUnits});
    EXPECT_EQ(evaluated, trained) << facts.name;
  }
}

}  // namespace
}  // namespace lockstep
