// What is said of entries that were compared.

#include "diagnose/gradient_check.h"

#include <limits>

#include <gtest/gtest.h>

#include "diagnose/made_up_check.h"
#include "nn/dense_network.h"

namespace lockstep {
namespace {

using enum GradientVerdict;

GradientCheck compared(const std::vector<CheckedEntry>& entries, double cost = 1) {
  return compare_entries(made_up_table(), entries, cost, kMadeUpEpsilon);
}

TEST(GradientCheck, EqualGradientsAreGreat) {
  const GradientCheck check = compared(made_up_entries(made_up_table()), 1.5);
  EXPECT_EQ(check.cost, 1.5);
  ASSERT_EQ(check.tensors.size(), 6U);
  EXPECT_EQ(check.all.compared, made_up_table().size);
  EXPECT_EQ(check.all.ratio, 0);
  EXPECT_EQ(worst_verdict(check), great);
}

TEST(GradientCheck, ASmallTensorIsNotLostInALargeOne) {
  const ParameterTensor bias = bias_of(made_up_table(), 1);
  const GradientCheck check = compared(made_up_entries(made_up_table(), [&](CheckedEntry& entry) {
    if (bias.range().contains(entry.entry)) {
      entry.numerical *= 1e-3;
      entry.analytic = 1.02 * entry.numerical;
    }
  }));
  EXPECT_LT(check.all.ratio, kFairDifference);
  EXPECT_NEAR(check.tensors[3].comparison.ratio, 0.02 / 2.02, 1e-12);
  EXPECT_EQ(check.tensors[3].comparison.verdict, wrong);
  EXPECT_EQ(check.tensors[2].comparison.verdict, great);
  EXPECT_EQ(worst_verdict(check), wrong);
}

TEST(GradientCheck, GradientsOfZerosAgree) {
  const GradientCheck check = compared(made_up_entries(
      made_up_table(), [](CheckedEntry& entry) { entry.numerical = entry.analytic = 0; }));
  EXPECT_EQ(check.all.ratio, 0);
  EXPECT_EQ(check.tensors[0].comparison.verdict, great);
  EXPECT_EQ(worst_verdict(check), unresolved) << "where all is 0, nothing was seen";
}

TEST(GradientCheck, AGradientLostInRoundingIsUnresolved) {
  // J = 2 rounds by about 1e-16; a difference by some 4e-16 * 2 / 1e-5 = 9e-11.
  EXPECT_NEAR(rounding_of_difference(2, 1e-5), 8.88e-11, 1e-13);
  EXPECT_EQ(rounding_of_difference(0.01, 1e-5), rounding_of_difference(1, 1e-5));
  const auto with_error = [](double error) {
    return compared(made_up_entries(made_up_table(),
                                    [&](CheckedEntry& entry) {
                                      entry.analytic = 1e-8;
                                      entry.numerical = 1e-8 + error;
                                      entry.rounding = rounding_of_difference(2, kMadeUpEpsilon);
                                    }),
                    2);
  };
  const GradientCheck lost = with_error(5e-11);
  EXPECT_GT(lost.all.ratio, kWrongDifference);
  EXPECT_EQ(worst_verdict(lost), unresolved);
  EXPECT_EQ(worst_verdict(with_error(1e-10)), wrong);
}

TEST(GradientCheck, EntriesAtAKinkAreCountedAndNotCompared) {
  const GradientCheck check = compared(made_up_entries(made_up_table(), [](CheckedEntry& entry) {
    if (entry.entry == 3) {
      entry.at_kink = true;
      entry.numerical = 100;
    }
    if (entry.entry == 5) entry.epsilon = 1e-6;
  }));
  EXPECT_EQ(check.all.at_kink, 1U);
  EXPECT_EQ(check.all.reduced, 1U);
  EXPECT_EQ(check.all.compared, made_up_table().size - 1);
  EXPECT_EQ(check.tensors[0].comparison.at_kink, 1U);
  EXPECT_EQ(worst_verdict(check), great);
  for (const CheckedEntry& entry : worst_entries(check.tensors[0], 100)) {
    EXPECT_NE(entry.entry, 3U);
  }

  const GradientCheck nothing =
      compared(made_up_entries(made_up_table(), [](CheckedEntry& entry) { entry.at_kink = true; }));
  EXPECT_EQ(worst_verdict(nothing), unresolved);
}

TEST(GradientCheck, WorstEntriesComeFirst) {
  const GradientCheck check = compared(made_up_entries(made_up_table(), [](CheckedEntry& entry) {
    if (entry.entry == 4) entry.analytic += 0.1;
    if (entry.entry == 9) entry.analytic -= 0.3;
    if (entry.entry == 11) entry.analytic = std::numeric_limits<double>::quiet_NaN();
  }));
  const auto worst = worst_entries(check.tensors[0], 3);
  ASSERT_EQ(worst.size(), 3U);
  EXPECT_EQ(worst[0].entry, 11U);
  EXPECT_EQ(worst[1].entry, 9U);
  EXPECT_EQ(worst[2].entry, 4U);
  EXPECT_EQ(check.tensors[0].comparison.verdict, wrong);
  EXPECT_EQ(worst_entries(check.tensors[1], 100).size(), 6U);
}

}  // namespace
}  // namespace lockstep
