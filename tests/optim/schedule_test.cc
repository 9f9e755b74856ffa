#include "optim/schedule.h"

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr double kStepsPerEpoch = 10;
constexpr double kTotalSteps = 100;

double factor(const LearningRateSchedule& schedule, double step) {
  return schedule_factor(schedule, step, kStepsPerEpoch, kTotalSteps);
}

const std::vector<LearningRateSchedule>& every_kind() {
  static const std::vector<LearningRateSchedule> kinds = {{0, ConstantFactor{}},
                                                          {0, StepDecay{2, 0.5}},
                                                          {0, ExponentialDecay{0.9}},
                                                          {0, CosineDecay{0.1}}};
  return kinds;
}

TEST(Schedule, EveryKindStartsAtOne) {
  for (const LearningRateSchedule& schedule : every_kind()) EXPECT_EQ(factor(schedule, 0), 1);
}

TEST(Schedule, ConstantStaysAtOne) {
  for (const double step : {0.0, 1.0, 57.0, 100.0, 1e9}) EXPECT_EQ(factor({}, step), 1);
}

TEST(Schedule, StepFallsAtTheFirstStepOfEveryNthEpoch) {
  const LearningRateSchedule schedule{0, StepDecay{2, 0.5}};
  EXPECT_EQ(factor(schedule, 19), 1);
  EXPECT_EQ(factor(schedule, 20), 0.5);
  EXPECT_EQ(factor(schedule, 39), 0.5);
  EXPECT_EQ(factor(schedule, 40), 0.25);
  EXPECT_EQ(factor(schedule, 99), 0.0625);
}

TEST(Schedule, StepFallsOnTimeWhenAnEpochHasAnyNumberOfSteps) {
  for (double steps_per_epoch = 1; steps_per_epoch < 1000; ++steps_per_epoch) {
    const LearningRateSchedule schedule{0, StepDecay{3, 0.5}};
    EXPECT_EQ(schedule_factor(schedule, 3 * steps_per_epoch - 1, steps_per_epoch, 1e6), 1);
    EXPECT_EQ(schedule_factor(schedule, 3 * steps_per_epoch, steps_per_epoch, 1e6), 0.5);
  }
}

TEST(Schedule, ExponentialFallsWithinEpochsToo) {
  const LearningRateSchedule schedule{0, ExponentialDecay{0.81}};
  EXPECT_DOUBLE_EQ(factor(schedule, 5), 0.9);
  EXPECT_DOUBLE_EQ(factor(schedule, 10), 0.81);
  EXPECT_DOUBLE_EQ(factor(schedule, 100), std::pow(0.81, 10));
}

TEST(Schedule, CosineFallsToItsFinalFactorAndStaysThere) {
  const LearningRateSchedule schedule{0, CosineDecay{0.1}};
  EXPECT_DOUBLE_EQ(factor(schedule, 50), 0.55);
  EXPECT_DOUBLE_EQ(factor(schedule, 25), 0.1 + 0.9 * 0.5 * (1 + std::sqrt(0.5)));
  EXPECT_DOUBLE_EQ(factor(schedule, 100), 0.1);
  EXPECT_DOUBLE_EQ(factor(schedule, 150), 0.1);
  for (double step = 0; step < kTotalSteps; ++step) {
    EXPECT_GT(factor(schedule, step), factor(schedule, step + 1)) << step;
  }
  EXPECT_NEAR(factor({0, CosineDecay{0}}, 100), 0, 1e-16);
}

// factor ^ floor(epoch / every): every fraction of an epoch in exact arithmetic, with
// 10 steps to an epoch and every_epochs = tenths / 10.
TEST(Schedule, StepFallsOnTimeAtFractionsOfEpochs) {
  for (const int tenths : {1, 2, 3, 7, 11, 13, 25}) {
    const LearningRateSchedule schedule{0, StepDecay{tenths / 10.0, 0.5}};
    for (int step = 0; step < 1000; ++step) {
      EXPECT_EQ(factor(schedule, step), std::pow(0.5, step / tenths)) << tenths << ", " << step;
    }
  }
}

// The first 20 factors of each kind behind a warm-up of 4 steps, as the schema has them.
TEST(Schedule, WarmUpIsInFrontOfEveryKind) {
  const auto factors = [](const LearningRateSchedule& schedule) {
    std::vector<double> all;
    for (double step = 0; step < 20; ++step) all.push_back(schedule_factor(schedule, step, 4, 20));
    return all;
  };
  const auto expect = [](const std::vector<double>& found, const auto& of_step) {
    for (int step = 0; step < 20; ++step) {
      const double right = step < 4 ? (step + 1) / 4.0 : of_step(step - 4);
      EXPECT_DOUBLE_EQ(found[static_cast<std::size_t>(step)], right) << step;
    }
  };
  expect(factors({1, ConstantFactor{}}), [](int) { return 1.0; });
  expect(factors({1, StepDecay{1, 0.1}}), [](int after) { return std::pow(0.1, after / 4); });
  expect(factors({1, StepDecay{0.5, 0.1}}), [](int after) { return std::pow(0.1, after / 2); });
  expect(factors({1, ExponentialDecay{0.5}}), [](int after) { return std::pow(0.5, after / 4.0); });
  expect(factors({1, CosineDecay{0.1}}),
         [](int after) { return 0.1 + 0.9 * 0.5 * (1 + std::cos(std::numbers::pi * after / 16)); });
}

TEST(Schedule, EveryKindIsAsWithoutWarmUpOnceItBegins) {
  for (const LearningRateSchedule& cold : every_kind()) {
    LearningRateSchedule warm = cold;
    warm.warmup_epochs = 2.5;  // 25 steps
    for (double step = 0; step < 25; ++step) EXPECT_DOUBLE_EQ(factor(warm, step), (step + 1) / 25);
    for (double step = 25; step < kTotalSteps; ++step) {
      EXPECT_EQ(factor(warm, step),
                schedule_factor(cold, step - 25, kStepsPerEpoch, kTotalSteps - 25))
          << "step " << step << " of kind " << cold.kind.index();
    }
  }
}

TEST(Schedule, WarmUpOfStepsThatAreNotWhole) {
  // 2.5 steps: the ramp reaches 1 within the third, and the decay begins after it.
  const LearningRateSchedule schedule{0.25, StepDecay{0.1, 0.5}};
  const std::vector<double> right = {1 / 2.5, 2 / 2.5, 1, 1, 0.5, 0.25};
  for (std::size_t step = 0; step < right.size(); ++step) {
    EXPECT_DOUBLE_EQ(factor(schedule, static_cast<double>(step)), right[step]) << step;
  }
}

TEST(Schedule, WarmUpOfAStepOrLessDoesNotSlowIt) {
  EXPECT_EQ(factor({0.05, ConstantFactor{}}, 0), 1);
  EXPECT_EQ(factor({0.1, ConstantFactor{}}, 0), 1);
  EXPECT_EQ(factor({0.2, ConstantFactor{}}, 0), 0.5);
}

TEST(Schedule, WarmUpAsLongAsTheRunHasNoDecay) {
  EXPECT_EQ(factor({10, CosineDecay{0}}, 99), 1);
  EXPECT_EQ(factor({20, CosineDecay{0}}, 99), 0.5);
}

}  // namespace
}  // namespace lockstep
