#include "data/target_scale.h"

#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

Examples with_targets(std::vector<float> targets, std::uint64_t width) {
  Examples examples;
  examples.label_width = width;
  examples.ids.resize(targets.size() / width);
  examples.labels = std::move(targets);
  return examples;
}

TEST(TargetScale, ComesFromTheSumsOfTheRows) {
  const Examples examples = with_targets({1, 10, 3, 30, 100, 100, 5, 50}, 2);
  const std::vector<std::uint32_t> rows = {0, 1, 3};
  EXPECT_EQ(target_sums(examples, rows), (std::vector<double>{9, 90}));
  EXPECT_EQ(centred_target_square_sums(examples, rows, std::vector<double>{3, 30}),
            (std::vector<double>{8, 800}));
  const TargetScale scale = target_scale({3, 30}, std::vector<double>{4, 400});
  EXPECT_EQ(scale.mean, (std::vector<double>{3, 30}));
  EXPECT_EQ(scale.deviation, (std::vector<double>{2, 20}));
}

TEST(TargetScale, BringsEachTargetToItsScaleAndBack) {
  const TargetScale scale{{3, 30}, {2, 20}};
  std::vector<float> values = {5, 30, 1, 10};
  standardize(scale, values);
  EXPECT_EQ(values, (std::vector<float>{1, 0, -1, -1}));
  restore(scale, values);
  EXPECT_EQ(values, (std::vector<float>{5, 30, 1, 10}));
}

TEST(TargetScale, OfAConstantTargetKeepsItsUnit) {
  const TargetScale scale = target_scale({7}, std::vector<double>{0});
  std::vector<float> values = {7, 9};
  standardize(scale, values);
  EXPECT_EQ(values, (std::vector<float>{0, 2}));
}

TEST(TargetScale, AnEmptyOneLeavesValuesAsTheyAre) {
  std::vector<float> values = {1e30F, -2};
  standardize({}, values);
  restore({}, values);
  EXPECT_EQ(values, (std::vector<float>{1e30F, -2}));
}

// The difference is taken in double: in float it would be a multiple of 128.
TEST(TargetScale, KeepsDifferencesOfLargeTargets) {
  const TargetScale scale{{1.7e9 + 3}, {1000}};
  std::vector<float> values = {1.7e9F};
  standardize(scale, values);
  EXPECT_FLOAT_EQ(values[0], -0.003F);
}

}  // namespace
}  // namespace lockstep
