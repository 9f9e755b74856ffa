#include "data/missing.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

Examples examples_of(std::uint64_t features, const std::vector<float>& values) {
  Examples examples;
  examples.type = ElementType::f32;
  examples.features = features;
  examples.values.resize(values.size() * sizeof(float));
  std::memcpy(examples.values.data(), values.data(), examples.values.size());
  examples.ids.resize(values.size() / features);
  std::iota(examples.ids.begin(), examples.ids.end(), 0U);
  return examples;
}

// Two features of four rows; the second of row 0 and the first of rows 2 and 3 are missing.
const std::vector<float> kValues = {1, kMissing, 2, 10, kMissing, 20, kMissing, 60};

TEST(Missing, SumsAndCountsAreOfWhatIsThere) {
  const Examples examples = examples_of(2, kValues);
  EXPECT_EQ(present_sums(examples, examples.ids), (std::vector<double>{3, 90, 2, 3}));
  EXPECT_EQ(present_sums(examples, std::vector<std::uint32_t>{3, 0}),
            (std::vector<double>{1, 60, 1, 1}));
  EXPECT_EQ(present_sums(examples, {}), (std::vector<double>(4, 0)));
}

TEST(Missing, EachFeatureHasItsOwnMean) {
  Examples examples = examples_of(2, kValues);
  fill_missing(examples, std::vector<float>{1.5F, 30});
  std::vector<float> filled(kValues.size());
  std::memcpy(filled.data(), examples.values.data(), examples.values.size());
  EXPECT_EQ(filled, (std::vector<float>{1, 30, 2, 10, 1.5F, 20, 1.5F, 60}));
}

// Of SimpleImputer of scikit-learn 1.2.
TEST(Missing, MediansAndMostFrequentValuesAreThoseOfScikitLearn) {
  const Examples examples = examples_of(3, {0.1F, 2.5F, -3, 7, kMissing, 4, 0.3F, 2.5F, 4, kMissing,
                                            1.25F, -3, 1e6F, 1.25F, kMissing, 0.2F, 9, kMissing});
  const std::vector<float> medians = {0.3F, 2.5F, 0.5F};
  const std::vector<float> most_frequent = {0.1F, 1.25F, -3};
  for (std::uint64_t j = 0; j < 3; ++j) {
    const std::vector<float> present = present_values(examples, examples.ids, j);
    EXPECT_EQ(median_of(present), medians[j]) << j;
    EXPECT_EQ(most_frequent_of(present), most_frequent[j]) << j;
  }
}

TEST(Missing, ThePresentValuesOfAFeatureAreInTheOrderOfTheRows) {
  const Examples examples = examples_of(2, kValues);
  EXPECT_EQ(present_values(examples, std::vector<std::uint32_t>{3, 0, 1}, 1),
            (std::vector<float>{60, 10}));
  EXPECT_TRUE(present_values(examples, {}, 1).empty());
}

// Whichever shard has it.
TEST(Missing, ANegativeZeroIsAZero) {
  const Examples examples = examples_of(1, {-0.0F, 0, -0.0F, 1});
  const std::vector<float> present = present_values(examples, examples.ids, 0);
  EXPECT_FALSE(std::signbit(most_frequent_of(present)));
  EXPECT_FALSE(std::signbit(median_of(present)));
}

TEST(Missing, TheMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(median_of({3e38F, 3.2e38F}), 3.1e38F) << "whose sum is beyond float";
  EXPECT_EQ(median_of({4, 1, 9}), 4);
  EXPECT_EQ(median_of({7}), 7);
  EXPECT_EQ(most_frequent_of({5, 2, 5, 2, 9}), 2);
}

}  // namespace
}  // namespace lockstep
