#include "data/two_spirals.h"

#include <array>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(TwoSpirals, PointsLieOnTheSpiralOfTheirClassAndFillTheDisc) {
  const TwoSpirals spirals({.turns = 1.25, .noise = 0});
  constexpr std::uint32_t kPoints = 20000;
  std::uint32_t ones = 0;
  std::uint32_t inside_half = 0;
  for (std::uint32_t i = 0; i < kPoints; ++i) {
    std::array<float, 2> x{};
    const std::uint32_t label = spirals.make({3, i}, x);
    const double radius = std::hypot(x[0], x[1]);
    EXPECT_LE(radius, 1 + 1e-6);
    if (radius > 0.01) {
      const double angle = std::atan2(x[1], x[0]) - std::numbers::pi * (2.5 * radius + label);
      EXPECT_NEAR(std::cos(angle), 1, 1e-6) << i;
    }
    ones += label;
    if (radius < std::numbers::sqrt2 / 2) ++inside_half;
  }
  EXPECT_NEAR(ones / double{kPoints}, 0.5, 0.018);
  EXPECT_NEAR(inside_half / double{kPoints}, 0.5, 0.018);
}

TEST(TwoSpirals, NoiseHasItsDeviation) {
  constexpr std::uint32_t kPoints = 20000;
  double squares = 0;
  for (std::uint32_t i = 0; i < kPoints; ++i) {
    std::array<float, 2> clean{};
    std::array<float, 2> noisy{};
    EXPECT_EQ(TwoSpirals({.turns = 1, .noise = 0}).make({3, i}, clean),
              TwoSpirals({.turns = 1, .noise = 0.1}).make({3, i}, noisy));
    for (std::size_t j = 0; j < 2; ++j) squares += std::pow(noisy[j] - clean[j], 2);
  }
  EXPECT_NEAR(std::sqrt(squares / (2 * kPoints)), 0.1, 0.002);
}

}  // namespace
}  // namespace lockstep
