#include "base/binomial.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// The bounds are the q with |p - q| = z sqrt(q (1 - q) / n); these values were
// found by bisecting that equation in Python.
TEST(WilsonInterval, SolvesTheScoreEquation) {
  struct Case {
    double errors;
    std::uint64_t n;
    Interval interval;
  };
  for (const Case& c : {Case{0, 10, {0, 0.277532803026}},
                        {1, 10, {0.017876212896, 0.404150029525}},
                        {5, 10, {0.236593089011, 0.763406910989}},
                        {10, 10, {0.722467196974, 1}},
                        {50, 1000, {0.038130262311, 0.065313820380}},
                        {883, 10000, {0.082895893224, 0.094020291039}},
                        {2, 3, {0.207659598808, 0.938508055979}},
                        {4.5, 50, {0.037404619636, 0.201100412511}}}) {
    const Interval found = wilson_interval(c.errors, c.n);
    EXPECT_NEAR(found.low, c.interval.low, 1e-11) << c.errors << " of " << c.n;
    EXPECT_NEAR(found.high, c.interval.high, 1e-11) << c.errors << " of " << c.n;
  }
}

// Newcombe (1998), table II, method 10.
TEST(DifferenceInterval, IsTheOneOfThePaper) {
  struct Case {
    double first_errors;
    std::uint64_t first_n;
    double second_errors;
    std::uint64_t second_n;
    Interval interval;
  };
  for (const Case& c : {Case{48, 80, 56, 70, {0.0524, 0.3339}},
                        {3, 10, 9, 10, {0.1705, 0.8090}},
                        {2, 7, 6, 7, {0.0582, 0.8062}},
                        {0, 29, 5, 56, {-0.0381, 0.1926}},
                        {0, 20, 0, 10, {-0.1611, 0.2775}},
                        {0, 10, 10, 10, {0.6075, 1.0000}}}) {
    const Interval found =
        difference_interval(c.first_errors, c.first_n, c.second_errors, c.second_n);
    EXPECT_NEAR(found.low, c.interval.low, 5e-5);
    EXPECT_NEAR(found.high, c.interval.high, 5e-5);
  }
}

// Newcombe (1998), the paper on pairs, table II, method 10: second - first is minus the
// paper's first - second.
TEST(PairedDifferenceInterval, IsTheOneOfThePaper) {
  const Interval found = paired_difference_interval({36, 12, 2, 50});
  EXPECT_NEAR(found.low, -0.3404, 5e-5);
  EXPECT_NEAR(found.high, -0.0569, 5e-5);
}

TEST(PairedDifferenceInterval, IsSymmetricAndNarrowerForPairs) {
  for (const PairedCounts counts :
       {PairedCounts{100, 20, 5, 1000}, {0, 3, 9, 50}, {10, 0, 0, 20}, {0, 0, 0, 5}}) {
    const Interval found = paired_difference_interval(counts);
    const Interval swapped =
        paired_difference_interval({counts.both, counts.second_only, counts.first_only, counts.n});
    EXPECT_DOUBLE_EQ(found.low, -swapped.high);
    EXPECT_DOUBLE_EQ(found.high, -swapped.low);
    EXPECT_LE(found.low, found.high);
  }
  const Interval pairs = paired_difference_interval({100, 20, 5, 1000});
  const Interval samples = difference_interval(120, 1000, 105, 1000);
  EXPECT_GT(pairs.low, samples.low);
  EXPECT_LT(pairs.high, samples.high);
}

TEST(WilsonInterval, KnowsNothingWithoutExamples) {
  const Interval found = wilson_interval(0, 0);
  EXPECT_EQ(found.low, 0);
  EXPECT_EQ(found.high, 1);
}

TEST(ExamplesForHalfWidth, IsTheSmallestNumberThatWouldDo) {
  EXPECT_EQ(examples_for_half_width(0.1, 0.01), 3461U);
  EXPECT_EQ(examples_for_half_width(0.1, 0.005), 13833U);
  EXPECT_EQ(examples_for_half_width(0.02, 0.001), 75334U);
  EXPECT_EQ(examples_for_half_width(0.5, 0.01), 9600U);
  EXPECT_EQ(examples_for_half_width(0, 0.01), 189U);
  EXPECT_EQ(examples_for_half_width(0.3, 0.2), 18U);
  for (const double p : {0.0, 1e-6, 0.03, 0.5, 0.9, 1.0}) {
    for (const double half_width : {0.9, 0.5, 0.3, 0.05, 0.003, 1e-5}) {
      const std::uint64_t n = examples_for_half_width(p, half_width);
      EXPECT_LE(wilson_half_width(p, n), half_width) << p << ' ' << half_width;
      if (n > 1) {
        EXPECT_GT(wilson_half_width(p, n - 1), half_width) << p << ' ' << half_width;
      }
    }
  }
}

TEST(SimultaneousZ, GrowsWithTheComparisons) {
  EXPECT_NEAR(simultaneous_z(1), kNormal95, 1e-9);
  // Two-sided quantiles of the normal distribution, of 1 - 0.05 / k.
  EXPECT_NEAR(simultaneous_z(2), 2.241403, 1e-6);
  EXPECT_NEAR(simultaneous_z(10), 2.807034, 1e-6);
  EXPECT_NEAR(simultaneous_z(1000), 4.055627, 1e-6);
}

}  // namespace
}  // namespace lockstep
