// Two-sided and one-sided differences (lecture 1.12).

#include "nn/numerical_gradient.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

double cube(double theta) { return theta * theta * theta; }

TEST(NumericalGradient, TheLecturesExample) {
  // f(theta) = theta^3 has the slope 3 at 1.
  EXPECT_NEAR(two_sided_difference(cube, 1, 0.01), 3.0001, 1e-12);
  EXPECT_NEAR(one_sided_difference(cube, 1, 0.01), 3.0301, 1e-12);
}

TEST(NumericalGradient, HalfTheStepIsAQuarterOfTheTwoSidedErrorAndHalfTheOneSided) {
  const auto errors = [](double eps) {
    const double slope = std::cos(0.7);
    const auto sine = [](double x) { return std::sin(x); };
    return std::vector<double>{std::abs(two_sided_difference(sine, 0.7, eps) - slope),
                               std::abs(one_sided_difference(sine, 0.7, eps) - slope)};
  };
  for (const double eps : {0.1, 0.01, 0.001}) {
    EXPECT_NEAR(errors(eps)[0] / errors(eps / 2)[0], 4, 0.02) << eps;
    EXPECT_NEAR(errors(eps)[1] / errors(eps / 2)[1], 2, 0.1) << eps;
    EXPECT_LT(errors(eps)[0], errors(eps)[1]) << eps;
  }
}

TEST(NumericalGradient, DividesByTheDistanceOfThePointsAsRounded) {
  // At 1e4 a step of 1e-9 is rounded by a tenth of itself.
  const auto line = [](double x) { return 3 * (x - 1e4); };
  EXPECT_NEAR(two_sided_difference(line, 1e4, 1e-9), 3, 1e-12);
  EXPECT_NEAR(one_sided_difference(line, 1e4, 1e-9), 3, 1e-12);
}

TEST(NumericalGradient, MovesOneEntryAtATime) {
  const auto f = [](const std::vector<double>& x) { return x[0] * x[0] * x[1] + 5 * x[2]; };
  const std::vector<double> gradient = numerical_gradient(f, {2, 3, 7});
  ASSERT_EQ(gradient.size(), 3U);
  EXPECT_NEAR(gradient[0], 12, 1e-9);
  EXPECT_NEAR(gradient[1], 4, 1e-9);
  EXPECT_NEAR(gradient[2], 5, 1e-9);
}

}  // namespace
}  // namespace lockstep
