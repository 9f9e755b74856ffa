#include "nn/gradient_comparison.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

using Vector = std::vector<double>;

TEST(GradientComparison, RatioOfNorms) {
  EXPECT_DOUBLE_EQ(euclidean_norm(Vector{3, -4}), 5);
  EXPECT_DOUBLE_EQ(relative_difference(Vector{3, 4}, Vector{3, 4}), 0);
  EXPECT_DOUBLE_EQ(relative_difference(Vector{3, 4}, Vector{-3, -4}), 1);
  EXPECT_DOUBLE_EQ(relative_difference(Vector{3, 4}, Vector{0, 0}), 1);
  // sqrt(1 + 1) / (1 + 1)
  EXPECT_DOUBLE_EQ(relative_difference(Vector{1, 0}, Vector{0, 1}), 0.70710678118654757);
  // Twice the gradient: a third.
  EXPECT_DOUBLE_EQ(relative_difference(Vector{1, 2}, Vector{2, 4}), 1.0 / 3);
}

TEST(GradientComparison, ZerosAreEqualToZeros) {
  EXPECT_EQ(relative_difference(Vector{0, 0}, Vector{0, 0}), 0);
  EXPECT_EQ(relative_difference(Vector{}, Vector{}), 0);
}

TEST(GradientComparison, NormsOfExtremeNumbersAreSound) {
  EXPECT_NEAR(euclidean_norm(std::vector<double>{3e297, -4e297}) / 5e297, 1, 1e-15);
  EXPECT_NEAR(euclidean_norm(std::vector<double>{3e-200, 4e-200}) / 5e-200, 1, 1e-15);
  EXPECT_EQ(euclidean_norm(std::vector<double>{0, 0}), 0);
  EXPECT_TRUE(
      std::isinf(euclidean_norm(std::vector<double>{1, std::numeric_limits<double>::infinity()})));
  EXPECT_TRUE(
      std::isnan(euclidean_norm(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()})));
}

TEST(GradientComparison, VerdictsOfTheLecture) {
  using enum GradientVerdict;
  EXPECT_EQ(verdict_of(0), great);
  EXPECT_EQ(verdict_of(1e-7), great);
  EXPECT_EQ(verdict_of(1.01e-7), fair);
  EXPECT_EQ(verdict_of(1e-5), fair);
  EXPECT_EQ(verdict_of(1.01e-5), doubtful);
  EXPECT_EQ(verdict_of(0.99e-3), doubtful);
  EXPECT_EQ(verdict_of(1e-3), wrong);
  EXPECT_EQ(verdict_of(1), wrong);
  EXPECT_EQ(verdict_of(std::numeric_limits<double>::quiet_NaN()), wrong);
}

TEST(GradientComparison, WhatPasses) {
  using enum GradientVerdict;
  EXPECT_TRUE(passes(great));
  EXPECT_TRUE(passes(fair));
  EXPECT_TRUE(passes(unresolved));
  EXPECT_FALSE(passes(doubtful));
  EXPECT_FALSE(passes(wrong));
}

}  // namespace
}  // namespace lockstep
