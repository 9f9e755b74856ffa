#include "data/normalization.h"

#include <cmath>
#include <cstring>
#include <numeric>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

template <typename V>
Examples make_examples(ElementType type, std::uint64_t features, const std::vector<V>& values) {
  Examples examples;
  examples.type = type;
  examples.features = features;
  examples.values.resize(values.size() * sizeof(V));
  std::memcpy(examples.values.data(), values.data(), examples.values.size());
  examples.ids.resize(values.size() / features);
  std::iota(examples.ids.begin(), examples.ids.end(), 0U);
  return examples;
}

std::vector<double> divided(std::vector<double> sums, double m) {
  for (double& sum : sums) sum /= m;
  return sums;
}

TEST(Normalization, MeanAndVarianceOfEachFeature) {
  const auto examples = make_examples<std::uint8_t>(ElementType::u8, 2, {1, 10, 2, 10, 6, 10});
  const auto mean = divided(feature_sums(examples, examples.ids), 3);
  EXPECT_EQ(mean, (std::vector<double>{3, 10}));
  const auto variance = divided(centred_square_sums(examples, examples.ids, mean), 3);
  EXPECT_EQ(variance, (std::vector<double>{14.0 / 3.0, 0}));
  const Normalizer normalizer = standardizer(mean, variance);
  EXPECT_EQ(normalizer.mean, (std::vector<float>{3, 10}));
  EXPECT_FLOAT_EQ(normalizer.inverse_deviation[0], std::sqrt(3.0F / 14.0F));
  EXPECT_EQ(normalizer.inverse_deviation[1], 0.0F);  // constant
}

TEST(Normalization, OnlyTheRowsAskedForCount) {
  const auto examples = make_examples<float>(ElementType::f32, 1, {1, 100, 3, 1000});
  const std::vector<std::uint32_t> rows = {2, 0};
  EXPECT_EQ(feature_sums(examples, rows), (std::vector<double>{4}));
  EXPECT_EQ(centred_square_sums(examples, rows, std::vector<double>{2}), (std::vector<double>{2}));
  EXPECT_EQ(feature_sums(examples, {}), (std::vector<double>{0}));
}

TEST(Normalization, AConstantFeatureIsConstantExactly) {
  // 0.1 and 1/3 are no binary fractions; in pieces, as over shards.
  for (const double constant : {0.1, 1.0 / 3.0, 12345.678, -1e30, 1e-30}) {
    const auto examples =
        make_examples<double>(ElementType::f64, 1, std::vector<double>(1000, constant));
    const std::span<const std::uint32_t> rows = examples.ids;
    const std::vector<double> mean = {(feature_sums(examples, rows.first(313))[0] +
                                       feature_sums(examples, rows.subspan(313))[0]) /
                                      1000};
    EXPECT_EQ(mean[0], static_cast<double>(static_cast<float>(constant)));
    EXPECT_EQ(centred_square_sums(examples, rows, mean)[0], 0.0);
  }
}

TEST(Normalization, EveryTypeGivesTheSameStatistics) {
  const std::vector<double> mean = {2};
  const auto expect_sums = [&]<typename V>(ElementType type, V) {
    const auto examples = make_examples<V>(type, 1, {1, 2, 3, 6});
    EXPECT_EQ(feature_sums(examples, examples.ids)[0], 12);
    EXPECT_EQ(centred_square_sums(examples, examples.ids, mean)[0], 18);
  };
  expect_sums(ElementType::u8, std::uint8_t{});
  expect_sums(ElementType::i8, std::int8_t{});
  expect_sums(ElementType::i16, std::int16_t{});
  expect_sums(ElementType::i32, std::int32_t{});
  expect_sums(ElementType::f32, float{});
  expect_sums(ElementType::f64, double{});
}

TEST(Normalization, PooledIsOneStatisticOverAllFeatures) {
  const auto examples = make_examples<std::uint8_t>(ElementType::u8, 2, {1, 3, 5, 7});
  const auto mean = pooled(divided(feature_sums(examples, examples.ids), 2), 2);
  EXPECT_EQ(mean, (std::vector<double>{4, 4}));
  const auto variance = pooled(divided(centred_square_sums(examples, examples.ids, mean), 2), 2);
  EXPECT_EQ(variance, (std::vector<double>{5, 5}));  // (9 + 1 + 1 + 9) / 4
}

TEST(Normalization, PooledByChannelIsOneStatisticForEach) {
  // Two images of two channels of two pixels: 1 3 5 7 and 10 10 20 40.
  const auto examples =
      make_examples<std::uint8_t>(ElementType::u8, 4, {1, 3, 10, 10, 5, 7, 20, 40});
  const auto mean = pooled(divided(feature_sums(examples, examples.ids), 2), 2);
  EXPECT_EQ(mean, (std::vector<double>{4, 4, 20, 20}));
  const auto variance = pooled(divided(centred_square_sums(examples, examples.ids, mean), 2), 2);
  EXPECT_EQ(variance, (std::vector<double>{5, 5, 150, 150}));  // (9+1+1+9)/4, (100+100+0+400)/4
}

TEST(NormalizationDeathTest, GroupsOfUnequalSize) {
  EXPECT_DEATH(pooled(std::vector<double>{1, 2, 3}, 2), "groups of equal size");
}

TEST(Normalization, AVarianceTooSmallForFloatCountsAsConstant) {
  const std::vector<double> mean = {1, 1};
  const std::vector<double> variance = {1e-90, 1e-60};
  const Normalizer normalizer = standardizer(mean, variance);
  EXPECT_EQ(normalizer.inverse_deviation[0], 0.0F);
  EXPECT_FLOAT_EQ(normalizer.inverse_deviation[1], 1e30F);
  Normalizer kept = normalizer;
  keep_constant_features(kept);
  EXPECT_EQ(kept.inverse_deviation, (std::vector<float>{1.0F, normalizer.inverse_deviation[1]}));
}

// Quantiles by numpy.percentile.
TEST(RobustWidth, IsOfTheMedianAndTheQuartiles) {
  const RobustWidth width = robust_width({3, 1, 4, 1, 5, 9, 2, 6, 5, 3.5F});
  EXPECT_EQ(width.centre, 3.75F);
  EXPECT_EQ(width.inverse, 1 / 2.75F);
}

TEST(RobustWidth, OfEqualQuartilesIsHalfTheRange) {
  const RobustWidth width = robust_width({0, 0, 0, 0, 0, 0, 0, 0, 5, -3});
  EXPECT_EQ(width.centre, 0);
  EXPECT_EQ(width.inverse, 0.25F);
}

TEST(RobustWidth, OfAConstantIsZero) {
  EXPECT_EQ(robust_width({7, 7, 7}).inverse, 0);
  EXPECT_EQ(robust_width({7}).inverse, 0);
  EXPECT_EQ(robust_width({7}).centre, 7);
}

TEST(SmoothClip, LeavesSmallValuesAndLimitsLargeOnes) {
  EXPECT_NEAR(smoothly_clipped(0.1, 3), 0.1, 1e-4);
  EXPECT_DOUBLE_EQ(smoothly_clipped(4, 3), 2.4);
  EXPECT_NEAR(smoothly_clipped(-1e30, 3), -3, 1e-12);
}

TEST(Normalization, Scaler) {
  const Normalizer normalizer = scaler(3, 255);
  EXPECT_EQ(normalizer.mean, (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(normalizer.inverse_deviation, (std::vector<float>(3, 1.0F / 255.0F)));
}

}  // namespace
}  // namespace lockstep
