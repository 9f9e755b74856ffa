#include "optim/schedule.h"

#include <cmath>
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

TEST(Schedule, WarmUpRisesLinearlyInFrontOfEveryKind) {
  for (const LearningRateSchedule& cold : every_kind()) {
    LearningRateSchedule warm = cold;
    warm.warmup_epochs = 2.5;  // 25 steps
    for (double step = 0; step < kTotalSteps; ++step) {
      const double ramp = step < 25 ? (step + 1) / 25 : 1;
      EXPECT_DOUBLE_EQ(factor(warm, step), ramp * factor(cold, step))
          << "step " << step << " of kind " << cold.kind.index();
    }
    EXPECT_GT(factor(warm, 0), 0);
    EXPECT_EQ(factor(warm, 24), factor(cold, 24));
  }
}

TEST(Schedule, WarmUpOfLessThanAStepIsNone) {
  EXPECT_EQ(factor({0.05, ConstantFactor{}}, 0), 1);
  EXPECT_EQ(factor({0.1, ConstantFactor{}}, 0), 1);
  EXPECT_EQ(factor({0.2, ConstantFactor{}}, 0), 0.5);
}

}  // namespace
}  // namespace lockstep
