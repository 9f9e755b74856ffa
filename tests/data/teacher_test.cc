#include "data/teacher.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Teacher, PointsAreStandardNormal) {
  const Teacher teacher({.features = 3});
  constexpr std::uint32_t kPoints = 20000;
  std::vector<double> sums(3);
  std::vector<double> squares(3);
  std::vector<float> x(3);
  for (std::uint32_t i = 0; i < kPoints; ++i) {
    teacher.make({1, i}, x);
    for (std::size_t j = 0; j < 3; ++j) {
      sums[j] += x[j];
      squares[j] += double{x[j]} * x[j];
    }
  }
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(sums[j] / kPoints, 0, 0.036);
    EXPECT_NEAR(squares[j] / kPoints, 1, 0.05);
  }
}

// Without hidden layers the label is the larger of linear scores: it is the same
// along a ray from the origin, and two classes are each about half.
TEST(Teacher, TwoClassesAreEquallyLikely) {
  for (const std::uint32_t layers : {0U, 1U, 3U}) {
    const Teacher teacher({.layers = layers, .seed = 5});
    constexpr std::uint32_t kPoints = 20000;
    std::uint32_t ones = 0;
    for (std::uint32_t i = 0; i < kPoints; ++i) ones += teacher.make({1, i}, {});
    EXPECT_NEAR(ones / double{kPoints}, 0.5, 0.018) << layers;
  }
}

// As the header says it, with weights drawn anew: [layer][output][input].
TEST(Teacher, TheClassIsTheLargestOutput) {
  const TeacherSpec spec{.features = 3, .layers = 2, .units = 5, .classes = 4, .seed = 9};
  const Teacher teacher(spec);
  std::vector<int> of_class(4);
  for (std::uint32_t i = 0; i < 200; ++i) {
    std::vector<float> x(3);
    const std::uint32_t found = teacher.make({1, i}, x);
    std::vector<double> values(x.begin(), x.end());
    for (std::uint32_t layer = 0; layer <= spec.layers; ++layer) {
      std::vector<double> outputs(layer < spec.layers ? spec.units : spec.classes);
      for (std::uint32_t o = 0; o < outputs.size(); ++o) {
        for (std::uint32_t k = 0; k < values.size(); ++k) {
          const double normal =
              random_normals({spec.seed, Purpose::synthetic_teacher}, {layer, o, k, 0})[0];
          outputs[o] +=
              spec.gain / std::sqrt(static_cast<double>(values.size())) * normal * values[k];
        }
        if (layer < spec.layers) outputs[o] = std::tanh(outputs[o]);
      }
      values = outputs;
    }
    const auto largest = std::ranges::max_element(values) - values.begin();
    EXPECT_EQ(found, static_cast<std::uint32_t>(largest)) << i;
    ++of_class[found];
  }
  EXPECT_GT(*std::ranges::min_element(of_class), 0) << "the largest is not always at one place";
}

TEST(Teacher, ItsSeedAndNotThatOfThePointsMakesTheWeights) {
  const Teacher one({.seed = 1});
  const Teacher two({.seed = 2});
  std::vector<float> x(16);
  std::vector<float> y(16);
  std::uint32_t differ = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const std::uint32_t label = one.make({1, i}, x);
    EXPECT_EQ(one.make({1, i}, {}), label);
    if (two.make({1, i}, y) != label) ++differ;
    EXPECT_EQ(x, y);
  }
  EXPECT_GT(differ, 300U);
}

}  // namespace
}  // namespace lockstep
