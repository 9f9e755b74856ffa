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

}  // namespace
}  // namespace lockstep
