#include "base/student.h"

#include <array>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// scipy.stats.t.ppf(0.975, degrees)
TEST(Student, HasTheQuantilesOfScipy) {
  struct Case {
    std::uint64_t degrees;
    double t;
  };
  for (const Case& c : {Case{1, 12.706204736},
                        {2, 4.302652730},
                        {9, 2.262157163},
                        {30, 2.042272456},
                        {31, 2.039513446},
                        {50, 2.008559110},
                        {99, 1.984216952},
                        {999, 1.962341461},
                        {1000000, 1.959966357}}) {
    EXPECT_NEAR(student_95(c.degrees), c.t, 5e-7) << c.degrees;
  }
}

// numpy and scipy: mean -+ t.ppf(0.975, 3) * std(ddof=1) / 2
TEST(Student, AnIntervalIsAroundTheMean) {
  const std::array numbers = {0.1, 0.25, 0.2, -0.05};
  EXPECT_DOUBLE_EQ(mean_of(numbers), 0.125);
  const Interval interval = mean_interval(numbers);
  EXPECT_NEAR(interval.low, -0.08549903711, 1e-8);
  EXPECT_NEAR(interval.high, 0.33549903711, 1e-8);
}

TEST(Student, EqualNumbersLeaveNoDoubt) {
  const std::array numbers = {0.5, 0.5, 0.5};
  EXPECT_EQ(mean_interval(numbers).low, 0.5);
  EXPECT_EQ(mean_interval(numbers).high, 0.5);
}

}  // namespace
}  // namespace lockstep
