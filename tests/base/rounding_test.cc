#include "base/rounding.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(WholeQuotient, IsExactForDecimalFractions) {
  // k / (1 / d), with 1 / d and k / d in binary, for all k up to 2000.
  for (const double divisor : {0.1, 0.2, 0.25, 0.3, 0.7, 1.1, 2.5, 3.0}) {
    for (int k = 1; k < 2000; ++k) {
      EXPECT_EQ(whole_quotient(k * divisor, divisor), k) << divisor;
    }
  }
  EXPECT_EQ(whole_quotient(1.9, 0.1), 19);
  EXPECT_EQ(whole_quotient(0.3, 0.1), 3);
  EXPECT_EQ(whole_quotient(0, 0.1), 0);
}

TEST(WholeQuotient, RoundsDownWhatIsNotWhole) {
  EXPECT_EQ(whole_quotient(0.29999, 0.1), 2);
  EXPECT_EQ(whole_quotient(1 - 1e-9, 1), 0);
  EXPECT_EQ(whole_quotient(7, 2), 3);
}

TEST(WholeCeiling, ForgivesRoundingAlone) {
  EXPECT_EQ(whole_ceiling(0.1 * 3 * 10), 3);  // 3.0000000000000004
  EXPECT_EQ(whole_ceiling(2.5), 3);
  EXPECT_EQ(whole_ceiling(3 + 1e-9), 4);
  EXPECT_EQ(whole_ceiling(0), 0);
}

TEST(IsAbove, NotByRoundingAlone) {
  EXPECT_FALSE(is_above(0.4, (0.7 + 0.1) / 2));  // 0.39999999999999997
  EXPECT_FALSE(is_above(0.3, 0.3));
  EXPECT_TRUE(is_above(0.3 + 1e-9, 0.3));
  EXPECT_FALSE(is_above(0, 0));
  EXPECT_TRUE(is_above(1e-300, 0));
}

}  // namespace
}  // namespace lockstep
