#include "sets/training_statistics.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(CoarseFeatures, UsualOnesGiveNoCaution) {
  // Pixels, a year, a constant, a time in seconds over months.
  const Normalizer normalizer{.mean = {127, 2000, 90000, 1.7e9F},
                              .inverse_deviation = {1 / 60.0F, 1 / 5.0F, 0, 1e-7F}};
  EXPECT_EQ(caution_of_coarse_features(normalizer, {}), std::nullopt);
  EXPECT_EQ(caution_of_coarse_features({}, {}), std::nullopt);
}

TEST(CoarseFeatures, ATimeInSecondsOverAMinuteIsNamed) {
  const Normalizer normalizer{.mean = {5, 1.7e9F}, .inverse_deviation = {1, 1 / 64.0F}};
  const auto caution = caution_of_coarse_features(normalizer, {});
  ASSERT_TRUE(caution.has_value());
  EXPECT_THAT(*caution,
              HasSubstr("feature 1 (mean 1.7e+09, deviation 64, floats there 2e+02 apart)"));
  EXPECT_THAT(*caution, HasSubstr("subtract a constant"));
  const std::vector<std::string> names = {"age", "time"};
  EXPECT_THAT(caution_of_coarse_features(normalizer, names).value_or(""), HasSubstr("time (mean"));
  EXPECT_THAT(caution_of_coarse_features(normalizer, names).value_or(""), Not(HasSubstr("age")));
}

TEST(CoarseFeatures, AllValuesOfAFeatureMayHaveBecomeOneFloat) {
  const Normalizer normalizer{.mean = {1e9F, 1e9F, 1e9F, 1e9F, 1e9F},
                              .inverse_deviation = {0, 0, 0, 0, 0}};
  EXPECT_THAT(caution_of_coarse_features(normalizer, {}).value_or(""), HasSubstr(" and 2 more"));
}

TEST(Targets, UsualOnesGiveNoCaution) {
  EXPECT_THAT(cautions_of_targets({{127, 2000, 1.7e9}, {3600, 25, 1e14}}, {}), IsEmpty());
  EXPECT_THAT(cautions_of_targets({}, {}), IsEmpty());
}

TEST(Targets, AConstantOneIsNamed) {
  const std::vector<std::string> names = {"price", "width"};
  EXPECT_THAT(cautions_of_targets({{5, 7}, {1, 0}}, names),
              ElementsAre("caution: the target \"width\" is 7 in every training example, so there "
                          "is nothing to learn about it"));
  EXPECT_THAT(cautions_of_targets({{7}, {0}}, {}),
              ElementsAre(HasSubstr("the target 0 (counted from 0) is 7")));
}

TEST(Targets, CoarseOnesAreNamedAndLostOnesRefused) {
  // Julian dates: floats there are 0.29 apart in this measure.
  EXPECT_THAT(cautions_of_targets({{2460000}, {36}}, std::vector<std::string>{"date"}),
              ElementsAre(HasSubstr("the target \"date\" (mean 2.46e+06, deviation 6, floats there "
                                    "0.29 apart)")));
  for (const TargetStatistics& lost :
       {TargetStatistics{{2460000}, {0.09}}, TargetStatistics{{1.7e9}, {4000}},
        TargetStatistics{{1.7e9}, {0}}, TargetStatistics{{1e-42}, {1e-80}}}) {
    EXPECT_THROW(static_cast<void>(cautions_of_targets(lost, {})), Error);
  }
}

TEST(ConstantFeatures, AreNamed) {
  EXPECT_EQ(caution_of_constant_features({}, {}), std::nullopt);
  Normalizer normalizer{.mean = {1, 2}, .inverse_deviation = {1, 1e-30F}};
  EXPECT_EQ(caution_of_constant_features(normalizer, {}), std::nullopt);
  normalizer.inverse_deviation[1] = 0;
  EXPECT_EQ(caution_of_constant_features(normalizer, {}),
            "caution: feature 1 is constant over the training set, and so becomes 0 in every set, "
            "whatever the value there");
  const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f", "g"};
  normalizer = {.mean = std::vector<float>(7, 3.0F),
                .inverse_deviation = std::vector<float>(7, 0.0F)};
  EXPECT_THAT(
      caution_of_constant_features(normalizer, names).value_or(""),
      HasSubstr("a, b, c, d, e and 2 more are constant over the training set, and so become 0"));
}

}  // namespace
}  // namespace lockstep
