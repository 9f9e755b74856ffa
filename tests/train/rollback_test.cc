#include "train/rollback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::HasSubstr;

constexpr RollbackConfig kHalf{.rate_factor = 0.5, .limit = 2};

TEST(Rollback, MultipliesTheRateEachTime) {
  const Rollbacks once = after_rollback(kHalf, {.target = 10});
  EXPECT_EQ(once, (Rollbacks{.target = 10, .count = 1, .rate_factor = 0.5}));
  const Rollbacks twice = after_rollback({.rate_factor = 0.1, .limit = 2}, once);
  EXPECT_EQ(twice, (Rollbacks{.target = 10, .count = 2, .rate_factor = 0.05}));
}

TEST(Rollback, IsPossibleUpToTheLimitAndWhenSomethingWouldChange) {
  EXPECT_EQ(why_no_rollback(kHalf, {.target = 10, .count = 1}, 11), std::nullopt);
  EXPECT_EQ(why_no_rollback(kHalf, {.target = 0}, 1), std::nullopt);
  EXPECT_THAT(why_no_rollback(kHalf, {.target = 10, .count = 2}, 11).value_or(""),
              HasSubstr("it has rolled back 2 times already (training.rollback.limit)"));
  EXPECT_THAT(why_no_rollback(kHalf, {.target = 10}, 10).value_or(""),
              HasSubstr("no weight has changed since step 10"));
}

TEST(Rollback, IsTold) {
  EXPECT_EQ(
      rollback_notice(kHalf, {.target = 10, .count = 1, .rate_factor = 0.5}, 17, "reasons"),
      "warning: after 17 steps the run diverges: reasons; it returns to step 10 and continues "
      "with 0.25 times the learning rate of the job (rollback 2 of 2)");
}

}  // namespace
}  // namespace lockstep
