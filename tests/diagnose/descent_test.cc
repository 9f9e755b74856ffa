// The descent check on a cost whose gradient, right or wrong, is known:
// J = 1/2 (a w0^2 + b w1^2) + c.

#include "diagnose/descent.h"

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/descent_verdict.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using Point = std::array<double, 2>;

class Quadratic : public DescentProblem {
 public:
  // `fault` makes the gradient that is told of the true one.
  explicit Quadratic(
      Point curvatures, std::function<Point(Point)> fault = [](Point g) { return g; })
      : curvatures_(curvatures), fault_(std::move(fault)) {}

  double cost() override {
    return 0.5 * (curvatures_[0] * w_[0] * w_[0] + curvatures_[1] * w_[1] * w_[1]) + 1;
  }
  double hold() override {
    held_ = w_;
    gradient_ = fault_({curvatures_[0] * w_[0], curvatures_[1] * w_[1]});
    return gradient_[0] * gradient_[0] + gradient_[1] * gradient_[1];
  }
  void move(double rate) override {
    for (int i = 0; i < 2; ++i) w_[i] = held_[i] - rate * gradient_[i];
  }
  [[nodiscard]] Point weights() const { return w_; }
  void move_to(Point w) { w_ = w; }

 private:
  Point curvatures_;
  std::function<Point(Point)> fault_;
  Point w_ = {3, -2};
  Point held_{};
  Point gradient_{};
};

DescentResult check(DescentProblem& problem, double rate, std::uint64_t steps = 20) {
  return check_descent(problem, {steps, rate, {}});
}

TEST(Descent, FallsAtEveryStepAndEndsWhereGradientDescentDoes) {
  Quadratic problem({1, 4});
  const DescentResult result = check(problem, 0.1);
  EXPECT_EQ(result.outcome, DescentOutcome::fell);
  EXPECT_TRUE(passed(result));
  ASSERT_EQ(result.costs.size(), 21U);
  for (std::size_t i = 1; i < result.costs.size(); ++i) {
    EXPECT_LT(result.costs[i], result.costs[i - 1]) << i;
  }
  // w_i (1 - rate * curvature)^steps
  EXPECT_NEAR(problem.weights()[0], 3 * std::pow(0.9, 20), 1e-12);
  EXPECT_NEAR(problem.weights()[1], -2 * std::pow(0.6, 20), 1e-12);
  EXPECT_THAT(descent_verdict(result), HasSubstr("PASS: J fell in each of 20 steps"));
}

// Gradient descent on curvature c is stable up to the rate 2 / c.
// Tenths of such a rate would end before they are small enough to judge by.
TEST(Descent, AnAbsurdRateIsTooLargeAndNoFaultOfTheGradient) {
  for (const double rate : {1e11, 1e13, 1e100, 1e300}) {
    Quadratic problem({4, 4});
    const DescentResult result = check(problem, rate);
    EXPECT_EQ(result.outcome, DescentOutcome::rate_too_large) << rate;
    ASSERT_TRUE(result.suggested_rate.has_value());
    EXPECT_LT(*result.suggested_rate, 0.5) << rate;
    EXPECT_GT(*result.suggested_rate, 0.001) << rate;
    Quadratic wrong({4, 4}, [](Point g) { return Point{-g[0], -g[1]}; });
    EXPECT_EQ(check(wrong, rate).outcome, DescentOutcome::gradient_wrong) << rate;
  }
}

TEST(Descent, ALargerRateThanTwoOverTheCurvatureIsTooLarge) {
  Quadratic good({1, 4});
  EXPECT_EQ(check(good, 0.45).outcome, DescentOutcome::fell);
  Quadratic problem({4, 4});
  const DescentResult result = check(problem, 0.6);
  EXPECT_EQ(result.outcome, DescentOutcome::rate_too_large);
  EXPECT_FALSE(passed(result));
  EXPECT_EQ(result.step, 1U);
  // J - 1 = 26; every w is multiplied by 1 - 0.6 * 4 = -1.4.
  EXPECT_NEAR(result.full_step->change, 26 * (1.4 * 1.4 - 1), 1e-12);
  EXPECT_NEAR(result.full_step->promised, -0.6 * 16 * 13, 1e-12);
  EXPECT_NEAR(*result.suggested_rate, 0.06, 1e-15);
  const std::string verdict = descent_verdict(result);
  EXPECT_THAT(verdict, HasSubstr("J rose in step 1, by 24.96"));
  EXPECT_THAT(verdict, HasSubstr("learning rate 0.6 is too large"));
  EXPECT_THAT(verdict, HasSubstr("--learning-rate 0.06"));
}

TEST(Descent, ARateFarTooLargeIsFoundAllTheSame) {
  Quadratic problem({4, 1});
  const DescentResult result = check(problem, 1e6);
  EXPECT_EQ(result.outcome, DescentOutcome::rate_too_large);
  EXPECT_NEAR(*result.suggested_rate, 0.1, 1e-12);
}

TEST(Descent, RisesLaterAreFoundAtTheirStep) {
  // A cliff that the third step falls off: w0 is 3 * 0.9^k after k steps.
  class Cliff : public Quadratic {
   public:
    Cliff() : Quadratic({1, 1}) {}
    double cost() override { return Quadratic::cost() + (weights()[0] < 2.2 ? 5 : 0); }
  };
  Cliff problem;
  const DescentResult result = check(problem, 0.1);
  EXPECT_EQ(result.outcome, DescentOutcome::rate_too_large);
  EXPECT_EQ(result.step, 3U);
  EXPECT_EQ(result.costs.size(), 3U);
  EXPECT_NEAR(*result.suggested_rate, 0.01, 1e-15);
}

TEST(Descent, AGradientOfTheWrongSignIsWrong) {
  Quadratic problem({1, 4}, [](Point g) { return Point{-g[0], -g[1]}; });
  const DescentResult result = check(problem, 0.1);
  EXPECT_EQ(result.outcome, DescentOutcome::gradient_wrong);
  EXPECT_EQ(result.step, 1U);
  EXPECT_GT(result.smaller_steps.back().change, 0);
  EXPECT_NEAR(result.smaller_steps.back().ratio(), -1, 1e-3);
  EXPECT_THAT(descent_verdict(result), HasSubstr("the gradient is wrong"));
  EXPECT_THAT(descent_verdict(result), HasSubstr("gradcheck"));
}

// Of one weight only: J still falls, by the other one.
TEST(Descent, AGradientThatIsWrongInPartIsFoundThoughJFalls) {
  Quadratic problem({1, 4}, [](Point g) { return Point{-g[0], g[1]}; });
  const DescentResult result = check(problem, 0.01);
  EXPECT_EQ(result.outcome, DescentOutcome::gradient_wrong);
  EXPECT_LT(result.full_step->change, 0);
  // (g1^2 - g0^2) / (g0^2 + g1^2)
  EXPECT_NEAR(result.smaller_steps.back().ratio(), (64.0 - 9) / (64 + 9), 1e-3);
  EXPECT_THAT(descent_verdict(result), HasSubstr("J fell in step 1"));
}

TEST(Descent, AGradientOfTheWrongSizeIsWrong) {
  for (const double factor : {0.5, 2.0}) {
    Quadratic problem({1, 4}, [&](Point g) { return Point{factor * g[0], factor * g[1]}; });
    const DescentResult result = check(problem, 0.01);
    EXPECT_EQ(result.outcome, DescentOutcome::gradient_wrong) << factor;
    EXPECT_NEAR(result.smaller_steps.back().ratio(), 1 / factor, 1e-2);
  }
}

// Wrong only when it is at a distance from the start, as after some steps.
TEST(Descent, AGradientThatBecomesWrongLaterIsFoundWhenJRises) {
  int holds = 0;
  Quadratic problem({1, 1}, [&](Point g) { return ++holds > 3 ? Point{-g[0], -g[1]} : g; });
  const DescentResult result = check(problem, 0.1);
  EXPECT_EQ(result.outcome, DescentOutcome::gradient_wrong);
  EXPECT_EQ(result.step, 4U);
}

TEST(Descent, AStepThatOvershootsButFallsPasses) {
  // w -> (1 - 0.45 * 4) w = -0.8 w: falls by 0.36 of J where 0.9 * 2 is promised.
  Quadratic problem({4, 4});
  EXPECT_EQ(check(problem, 0.45).outcome, DescentOutcome::fell);
}

TEST(Descent, AMinimumIsNotARise) {
  Quadratic problem({1, 1});
  const DescentResult result = check(problem, 0.5, 1000);
  EXPECT_EQ(result.outcome, DescentOutcome::fell);
  ASSERT_TRUE(result.step.has_value());
  EXPECT_LT(*result.step, 50U);
  EXPECT_LT(result.gradient_norm, 1e-4);
  EXPECT_THAT(descent_verdict(result), HasSubstr("stayed within rounding"));
}

TEST(Descent, NoGradientAtAllIsToldApart) {
  Quadratic problem({1, 1}, [](Point) { return Point{0, 0}; });
  const DescentResult result = check(problem, 0.1);
  EXPECT_EQ(result.outcome, DescentOutcome::flat);
  EXPECT_FALSE(passed(result));
  EXPECT_THAT(descent_verdict(result), HasSubstr("does not change at all"));
}

TEST(Descent, ALearningRateTooSmallToSeeIsSaidToBeSuch) {
  Quadratic problem({1, 1});
  const DescentResult result = check(problem, 1e-14);
  EXPECT_EQ(result.outcome, DescentOutcome::flat);
  EXPECT_FALSE(passed(result));
  EXPECT_THAT(descent_verdict(result), HasSubstr("the learning rate is too small"));
  EXPECT_THAT(descent_verdict(result), Not(HasSubstr("no gradient")));
  EXPECT_THAT(descent_verdict(result), HasSubstr("try: --learning-rate 0.00"));
  // J is 7.5 and its gradient (3, -2): a fall of a thousandth of J is promised.
  EXPECT_DOUBLE_EQ(result.suggested_rate.value_or(0), 0.0075 / 13);
}

TEST(Descent, AGradientOfExactlyZeroHasNothingToPromise) {
  Quadratic problem({0, 0});
  const DescentResult result = check(problem, 0.1);
  EXPECT_EQ(result.outcome, DescentOutcome::flat);
  EXPECT_TRUE(result.smaller_steps.empty());
  EXPECT_EQ(result.suggested_rate, std::nullopt);
}

// J = |w0| / 2 + w1^2 / 2 + 1 at w0 = 0, where the gradient that is told has a part
// along w0: any slope from -1/2 to 1/2 will do there.
class Kinked : public Quadratic {
 public:
  explicit Kinked(double slope)
      : Quadratic({0, 1}, [slope](Point g) {
          return Point{slope, g[1]};
        }) {
    move_to({0, -2});
  }
  double cost() override { return Quadratic::cost() + 0.5 * std::abs(weights()[0]); }
};

TEST(Descent, AtAKinkTheGradientIsNotCalledWrong) {
  Kinked mild(-0.4);
  const DescentResult fell = check(mild, 3, 1);  // overshoots
  EXPECT_EQ(fell.outcome, DescentOutcome::rate_too_large);
  EXPECT_TRUE(fell.at_kink);
  EXPECT_THAT(descent_verdict(fell), HasSubstr("a kink just here"));
  Kinked steep(-40);  // no gradient of J, but that cannot be told from here
  const DescentResult rose = check(steep, 0.1, 1);
  EXPECT_NE(rose.outcome, DescentOutcome::fell);
  // Away from kinks a wrong gradient is still found.
  Quadratic wrong({1, 4}, [](Point g) { return Point{g[0], -g[1]}; });
  const DescentResult found = check(wrong, 0.1, 1);
  EXPECT_EQ(found.outcome, DescentOutcome::gradient_wrong);
  EXPECT_FALSE(found.at_kink);
}

TEST(Descent, WhatIsNotFiniteEndsTheCheck) {
  class NotANumber : public Quadratic {
   public:
    explicit NotANumber(int first) : Quadratic({1, 1}), first_(first) {}
    double cost() override {
      return ++calls_ >= first_ ? std::numeric_limits<double>::quiet_NaN() : Quadratic::cost();
    }

   private:
    int first_;
    int calls_ = 0;
  };
  NotANumber from_start(1);
  EXPECT_EQ(check(from_start, 0.1).outcome, DescentOutcome::not_finite);
  NotANumber later(2);
  const DescentResult result = check(later, 0.1);
  EXPECT_EQ(result.outcome, DescentOutcome::undecided);
  EXPECT_THAT(descent_verdict(result), HasSubstr("not finite after step 1"));
  Quadratic infinite({1, 1}, [](Point g) {
    return Point{g[0], std::numeric_limits<double>::infinity()};
  });
  EXPECT_EQ(check(infinite, 0.1).outcome, DescentOutcome::not_finite);
}

TEST(Descent, TellsOfEveryStep) {
  Quadratic problem({1, 1});
  std::vector<std::uint64_t> steps;
  check_descent(problem, {3, 0.1, [&](std::uint64_t step, double) { steps.push_back(step); }});
  EXPECT_THAT(steps, testing::ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace lockstep
