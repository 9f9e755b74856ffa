#include "nn/dropout.h"
#include "nn/dropout_mask.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr std::uint32_t kExamples = 1000;
constexpr std::size_t kManyUnits = 1000;
constexpr double kDraws = 1e6;

std::vector<double> mask(double keep_prob, DropoutKey key, std::uint32_t layer,
                         std::uint32_t example, std::size_t units = kManyUnits) {
  return dropout_mask<double>(keep_prob, key, layer, example, units);
}

TEST(Dropout, KeepsUnitsAtTheRateAndHasMeanOne) {
  for (const double keep_prob : {0.05, 0.2, 0.5, 0.8, 0.99}) {
    double kept = 0;
    double sum = 0;
    for (std::uint32_t example = 0; example < kExamples; ++example) {
      for (const double value : mask(keep_prob, {1, 2}, 3, example)) {
        if (value != 0) ++kept;
        sum += value;
      }
    }
    const double five_sigma = 5 * std::sqrt(keep_prob * (1 - keep_prob) / kDraws);
    EXPECT_NEAR(kept / kDraws, keep_prob, five_sigma);
    EXPECT_NEAR(sum / kDraws, 1, five_sigma / keep_prob);
  }
}

TEST(Dropout, RateIsRoundedSoThatTheMeanIsExactlyOne) {
  for (const double keep_prob : {1e-9, 1.0 / 3, 0.5, 0.8, 0.99999}) {
    const DropoutRate rate(keep_prob);
    EXPECT_NEAR(rate.threshold() / 65536.0, keep_prob, 1.0 / 65536);
    EXPECT_DOUBLE_EQ(rate.scale() * rate.threshold(), 65536);
    for (const double value : mask(keep_prob, {1, 2}, 3, 4)) {
      EXPECT_TRUE(value == 0 || value == rate.scale());
    }
  }
  EXPECT_TRUE(DropoutRate(0.5).drops());
  EXPECT_FALSE(DropoutRate(1).drops());
  EXPECT_EQ(mask(1, {1, 2}, 3, 4), std::vector<double>(kManyUnits, 1.0));
}

// Of 2^20 units at even and at odd places (the two halves of a random word) one in 65536
// is kept, or is not: 16, give or take three deviations of 4.
TEST(Dropout, TheRarestAreAsRareAtEveryPlace) {
  constexpr std::size_t kPlaces = std::size_t{1} << 20U;
  for (const bool keeps : {true, false}) {
    const double keep_prob = keeps ? 1.0 / 65536 : 65535.0 / 65536;
    const std::vector<double> values = mask(keep_prob, {1, 2}, 3, 4, 2 * kPlaces);
    for (const std::size_t place : {0U, 1U}) {
      std::size_t rare = 0;
      for (std::size_t i = place; i < values.size(); i += 2) rare += (values[i] != 0) == keeps;
      EXPECT_GE(rare, 4U) << place;
      EXPECT_LE(rare, 28U) << place;
    }
  }
}

TEST(Dropout, IsAPureFunctionOfItsKey) {
  EXPECT_EQ(mask(0.5, {1, 2}, 3, 4), mask(0.5, {1, 2}, 3, 4));
  const std::vector<float> in_float = dropout_mask<float>(0.5, {1, 2}, 3, 4, kManyUnits);
  const std::vector<double> in_double = mask(0.5, {1, 2}, 3, 4);
  EXPECT_EQ(std::vector<double>(in_float.begin(), in_float.end()), in_double);
}

TEST(Dropout, OfAUnitDoesNotDependOnHowManyUnitsThereAre) {
  const std::vector<double> whole = mask(0.5, {1, 2}, 3, 4);
  for (std::size_t units = 0; units <= 40; ++units) {
    const auto end = whole.begin() + static_cast<std::ptrdiff_t>(units);
    EXPECT_EQ(mask(0.5, {1, 2}, 3, 4, units), std::vector<double>(whole.begin(), end));
  }
}

double agreement(const std::vector<double>& a, const std::vector<double>& b) {
  double agreeing = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) ++agreeing;
  }
  return agreeing / static_cast<double>(a.size());
}

TEST(Dropout, MasksOfDifferentKeysAreIndependent) {
  // Two fair and independent masks agree on half of their units.
  const double five_sigma = 5 * std::sqrt(0.25 / kManyUnits);
  const std::vector<double> first = mask(0.5, {1, 2}, 3, 4);
  EXPECT_NEAR(agreement(first, mask(0.5, {2, 2}, 3, 4)), 0.5, five_sigma) << "seed";
  EXPECT_NEAR(agreement(first, mask(0.5, {1, 3}, 3, 4)), 0.5, five_sigma) << "step";
  EXPECT_NEAR(agreement(first, mask(0.5, {1, 2}, 4, 4)), 0.5, five_sigma) << "layer";
  EXPECT_NEAR(agreement(first, mask(0.5, {1, 2}, 3, 5)), 0.5, five_sigma) << "example";
  EXPECT_NEAR(agreement(first, mask(0.5, {1, 2}, 4, 3)), 0.5, five_sigma) << "swapped";
}

TEST(Dropout, NeighbouringUnitsAreIndependent) {
  // Units that share a draw, or a word of it, or neither.
  constexpr std::size_t kLong = 100'000;
  const std::vector<double> long_mask = mask(0.5, {1, 2}, 3, 4, kLong);
  for (std::size_t lag = 1; lag <= 16; ++lag) {
    const auto shift = static_cast<std::ptrdiff_t>(lag);
    const std::vector<double> early(long_mask.begin(), long_mask.end() - shift);
    const std::vector<double> late(long_mask.begin() + shift, long_mask.end());
    EXPECT_NEAR(agreement(early, late), 0.5, 5 * std::sqrt(0.25 / kLong)) << lag;
  }
}

// A block of any rows and units of a pass has the values of the whole masks.
TEST(Dropout, OfABlockIsThatOfTheWholeRows) {
  const std::vector<std::uint32_t> examples = {7, 3, 100'000, 3, 12};
  const DropoutMasks<float> masks(0.5, DropoutKey{1, 2}, 3, examples);
  for (const Range rows : {Range{0, 5}, Range{1, 2}, Range{2, 5}}) {
    for (const Range units : {Range{0, 70}, Range{64, 70}, Range{8, 100}, Range{0, 3}}) {
      std::vector<float> values(rows.size() * units.size());
      const Matrix<float> block{values.data(), rows.size(), units.size()};
      masks.fill(rows, units, block);
      for (std::uint64_t r = 0; r < rows.size(); ++r) {
        const auto whole = dropout_mask<float>(0.5, {1, 2}, 3, examples[rows.begin + r], 100);
        EXPECT_TRUE(
            std::ranges::equal(block.row(r), std::span(whole).subspan(units.begin, units.size())))
            << r << " " << units.begin;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep
