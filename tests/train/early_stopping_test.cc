#include "train/early_stopping.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(EarlyStopping, StopsAfterPatienceEvaluationsWithoutImprovement) {
  EarlyStoppingState state;
  EXPECT_TRUE(observe(state, 0.5, 10, 0, 2).best);
  EXPECT_TRUE(observe(state, 0.4, 20, 0, 2).best);
  auto verdict = observe(state, 0.4, 30, 0, 2);  // equal is no improvement
  EXPECT_FALSE(verdict.best);
  EXPECT_FALSE(verdict.stop);
  EXPECT_TRUE(observe(state, 0.41, 40, 0, 2).stop);
  EXPECT_EQ(state.best_step, 20U);
}

TEST(EarlyStopping, AnImprovementMustBeLargerThanTheMinimum) {
  EarlyStoppingState state;
  observe(state, 0.5, 1, 0.1, 3);
  EXPECT_FALSE(observe(state, 0.41, 2, 0.1, 3).best);
  EXPECT_TRUE(observe(state, 0.39, 3, 0.1, 3).best);
  EXPECT_EQ(state.evaluations_without_improvement, 0U);
}

TEST(EarlyStopping, NeverStopsWithoutPatience) {
  EarlyStoppingState state;
  for (std::uint64_t step = 0; step < 100; ++step) {
    EXPECT_FALSE(observe(state, 1.0, step, 0, std::nullopt).stop);
  }
  EXPECT_EQ(state.best_step, 0U);
}

}  // namespace
}  // namespace lockstep
