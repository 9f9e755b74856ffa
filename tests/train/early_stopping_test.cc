#include "train/early_stopping.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(EarlyStopping, StopsAfterPatienceEvaluationsWithoutImprovement) {
  EarlyStoppingState state;
  EXPECT_TRUE(observe(state, {0.5}, 10, 0, 2).best);
  EXPECT_TRUE(observe(state, {0.4}, 20, 0, 2).best);
  auto verdict = observe(state, {0.4}, 30, 0, 2);  // equal is no improvement
  EXPECT_FALSE(verdict.best);
  EXPECT_FALSE(verdict.stop);
  EXPECT_TRUE(observe(state, {0.41}, 40, 0, 2).stop);
  EXPECT_EQ(state.best_step, 20U);
}

TEST(EarlyStopping, AnImprovementMustBeLargerThanTheMinimum) {
  EarlyStoppingState state;
  observe(state, {0.5}, 1, 0.1, 3);
  EXPECT_FALSE(observe(state, {0.41}, 2, 0.1, 3).best);
  EXPECT_TRUE(observe(state, {0.39}, 3, 0.1, 3).best);
  EXPECT_EQ(state.evaluations_without_improvement, 0U);
}

// Every pair of errors of n examples against every minimum of whole counts: equal is
// not larger, whatever is rounded (0.4 - 0.1 is 0.30000000000000004).
TEST(EarlyStopping, EqualityIsDecidedOnCounts) {
  for (const std::uint64_t n : {7U, 10U, 100U, 301U}) {
    for (std::uint64_t before = 0; before <= n; ++before) {
      for (std::uint64_t now = 0; now <= before; ++now) {
        const auto error = [&](std::uint64_t wrong) {
          return static_cast<double>(wrong) / static_cast<double>(n);
        };
        EarlyStoppingState state;
        observe(state, {error(before), n}, 1, 0, std::nullopt);
        EarlyStoppingState again = state;
        const double difference = error(before - now);
        EXPECT_FALSE(observe(state, {error(now), n}, 2, difference, std::nullopt).best)
            << before << " to " << now << " of " << n;
        if (now < before) {
          EXPECT_TRUE(
              observe(again, {error(now), n}, 2, error(before - now - 1), std::nullopt).best)
              << before << " to " << now << " of " << n;
        }
      }
    }
  }
}

TEST(EarlyStopping, NeverStopsWithoutPatience) {
  EarlyStoppingState state;
  for (std::uint64_t step = 0; step < 100; ++step) {
    EXPECT_FALSE(observe(state, {1.0}, step, 0, std::nullopt).stop);
  }
  EXPECT_EQ(state.best_step, 0U);
}

}  // namespace
}  // namespace lockstep
