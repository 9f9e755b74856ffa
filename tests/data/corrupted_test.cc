#include "data/corrupted.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <span>

#include "data/idx.h"
#include "idx_files.h"

namespace lockstep {
namespace {

template <typename V>
Examples constant_examples(ElementType type, std::uint32_t n, std::uint64_t features, V value) {
  const std::vector<V> values(n * features, value);
  const auto bytes = std::as_bytes(std::span(values));
  Examples examples;
  examples.type = type;
  examples.features = features;
  examples.values.assign(bytes.begin(), bytes.end());
  examples.label_width = 1;
  examples.labels.assign(n, 0.0F);
  examples.ids.resize(n);
  std::iota(examples.ids.begin(), examples.ids.end(), 0U);
  return examples;
}

template <typename V>
std::vector<V> values_of(const Examples& examples) {
  const auto* first = reinterpret_cast<const V*>(examples.values.data());
  return {first, first + examples.values.size() / sizeof(V)};
}

TEST(AddNoise, EveryValueHasItsOwn) {
  constexpr std::uint32_t kRows = 2000;
  Examples examples = constant_examples<float>(ElementType::f32, kRows, 4, 0.0F);
  add_noise(examples, {1, 3});
  const auto values = values_of<float>(examples);
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = a + 1; b < 4; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < kRows; ++i) {
        product += static_cast<double>(values[i * 4 + a]) * static_cast<double>(values[i * 4 + b]);
      }
      EXPECT_NEAR(product / kRows, 0, 5 / std::sqrt(kRows)) << a << " and " << b;
    }
  }
}

TEST(AddNoise, HasTheDeviationAskedFor) {
  Examples examples = constant_examples<float>(ElementType::f32, 1000, 101, 5.0F);
  add_noise(examples, {.gaussian_noise = 3, .seed = 1});
  double sum = 0;
  double squares = 0;
  for (const float value : values_of<float>(examples)) {
    sum += value;
    squares += (value - 5.0) * (value - 5.0);
  }
  // Of 101,000 values: the mean has deviation 0.0094, the variance 0.04.
  EXPECT_NEAR(sum / 101000, 5, 0.04);
  EXPECT_NEAR(squares / 101000, 9, 0.2);
}

TEST(AddNoise, RoundsAndCutsIntegers) {
  Examples bytes = constant_examples<std::uint8_t>(ElementType::u8, 200, 7, 250);
  Examples doubles = constant_examples<double>(ElementType::f64, 200, 7, 250);
  add_noise(bytes, {.gaussian_noise = 20, .seed = 4});
  add_noise(doubles, {.gaussian_noise = 20, .seed = 4});
  const auto rounded = values_of<std::uint8_t>(bytes);
  const auto exact = values_of<double>(doubles);
  int cut = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    EXPECT_EQ(rounded[i], std::min(255.0, std::nearbyint(exact[i])));
    cut += exact[i] > 255 ? 1 : 0;
  }
  EXPECT_GT(cut, 100);
  // And nothing leaves the range of float.
  Examples large = constant_examples<double>(ElementType::f64, 10, 3, 3e38);
  add_noise(large, {.gaussian_noise = 1e39, .seed = 1});
  for (const double value : values_of<double>(large)) {
    EXPECT_LE(std::abs(value), std::numeric_limits<float>::max());
  }
}

class CorruptedSourceTest : public testing::Test {
 protected:
  CorruptedSourceTest() {
    std::vector<std::uint8_t> features;
    for (int i = 0; i < 60; ++i) features.push_back(static_cast<std::uint8_t>(i * 4));
    features_ = directory_.write("features", idx_file(0x08, {20, 3}, features));
    labels_ = directory_.write("labels", idx_file(0x08, {20}, std::vector<std::uint8_t>(20, 1)));
  }
  CorruptedSource open(double noise, std::uint32_t seed) const {
    return {std::make_unique<IdxExampleSource>(features_, labels_), {noise, seed}};
  }

  TemporaryDirectory directory_;
  std::filesystem::path features_;
  std::filesystem::path labels_;
};

TEST_F(CorruptedSourceTest, AnExampleIsTheSameWhoeverReadsIt) {
  CorruptedSource source = open(30, 1);
  std::vector<std::uint32_t> all(20);
  std::iota(all.begin(), all.end(), 0U);
  const Examples whole = source.read(all);
  const Examples some = source.read(std::vector<std::uint32_t>{2, 7, 19});
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_EQ(some.values[i * 3 + j], whole.values[some.ids[i] * 3 + j]);
    }
  }
  EXPECT_EQ(source.info().examples, 20U);
  EXPECT_EQ(source.read_labels(), std::vector<float>(20, 1.0F));
  EXPECT_TRUE(source.read_groups().empty());
}

TEST_F(CorruptedSourceTest, TheFingerprintKnowsTheNoise) {
  const auto fingerprint = [&](double noise, std::uint32_t seed) {
    CorruptedSource source = open(noise, seed);
    source.read(std::vector<std::uint32_t>{0});
    return source.fingerprint();
  };
  EXPECT_EQ(fingerprint(30, 1), fingerprint(30, 1));
  EXPECT_NE(fingerprint(30, 1), fingerprint(31, 1));
  EXPECT_NE(fingerprint(30, 1), fingerprint(30, 2));
}

}  // namespace
}  // namespace lockstep
