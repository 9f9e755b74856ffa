#include "data/blobs.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

double phi(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

TEST(Blobs, CentresAreEquallyFarFromEachOtherAndAroundTheOrigin) {
  for (const std::uint32_t classes : {2U, 3U, 5U, 10U}) {
    const Blobs blobs(classes, classes + 2, 3.5);
    const std::size_t dimensions = classes - 1;
    const auto& centres = blobs.centres();
    ASSERT_EQ(centres.size(), classes * dimensions);
    for (std::size_t a = 0; a < classes; ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        double square = 0;
        for (std::size_t j = 0; j < dimensions; ++j) {
          square += std::pow(centres[a * dimensions + j] - centres[b * dimensions + j], 2);
        }
        EXPECT_NEAR(std::sqrt(square), 3.5, 1e-12);
      }
    }
    for (std::size_t j = 0; j < dimensions; ++j) {
      double sum = 0;
      for (std::size_t a = 0; a < classes; ++a) sum += centres[a * dimensions + j];
      EXPECT_NEAR(sum, 0, 1e-12);
    }
  }
}

TEST(Blobs, TheBestErrorOfTwoClassesIsTheClosedForm) {
  for (const double distance : {0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0}) {
    const double expected = phi(-distance / 2);
    EXPECT_NEAR(Blobs(2, 3, distance).bayes_error() / expected, 1, 1e-12) << distance;
  }
}

// Nothing tells the classes apart: a guess.
TEST(Blobs, AtDistanceZeroTheBestErrorIsThatOfAGuess) {
  for (const std::uint32_t classes : {2U, 3U, 10U, 100U}) {
    EXPECT_NEAR(Blobs(classes, classes, 0).bayes_error(), 1 - 1.0 / classes, 1e-12);
  }
}

// The classifier of the nearest centre, on points of their own.
TEST(Blobs, TheNearestCentreReachesTheBestErrorAndNothingIsLeftOver) {
  constexpr std::uint32_t kPoints = 60000;
  for (const auto& [classes, features, distance] :
       {std::tuple(2U, 2U, 2.0), std::tuple(4U, 3U, 3.0), std::tuple(10U, 12U, 2.5)}) {
    const Blobs blobs(classes, features, distance);
    const std::size_t dimensions = classes - 1;
    std::vector<float> x(features);
    std::vector<std::uint32_t> sizes(classes);
    double sum_of_squares = 0;
    std::uint32_t errors = 0;
    for (std::uint32_t i = 0; i < kPoints; ++i) {
      const std::uint32_t label = blobs.make({9, i}, x);
      ++sizes[label];
      std::vector<double> squares(classes);
      for (std::size_t c = 0; c < classes; ++c) {
        for (std::size_t j = 0; j < features; ++j) {
          const double centre = j < dimensions ? blobs.centres()[c * dimensions + j] : 0.0;
          squares[c] += std::pow(x[j] - centre, 2);
        }
      }
      sum_of_squares += squares[label];
      if (std::ranges::min_element(squares) - squares.begin() != label) ++errors;
    }
    const double best = blobs.bayes_error();
    const double deviation = std::sqrt(best * (1 - best) / kPoints);
    EXPECT_NEAR(static_cast<double>(errors) / kPoints, best, 4 * deviation)
        << classes << " classes";
    // Deviation 1 in every direction, and equally many of each class.
    EXPECT_NEAR(sum_of_squares / kPoints / features, 1, 4 * std::sqrt(2.0 / (kPoints * features)));
    for (const std::uint32_t size : sizes) {
      EXPECT_NEAR(static_cast<double>(size) / kPoints, 1.0 / classes,
                  4 * std::sqrt(1.0 / classes / kPoints));
    }
  }
}

}  // namespace
}  // namespace lockstep
