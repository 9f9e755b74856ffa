#include "data/gather.h"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// `n` examples of `features` values 0, 1, 2, ... modulo 100, labels of width 2.
template <typename V>
Examples counting_examples(ElementType type, std::uint64_t n, std::uint64_t features) {
  std::vector<V> values(n * features);
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<V>(k % 100);
  Examples examples;
  examples.type = type;
  examples.features = features;
  examples.label_width = 2;
  examples.values.resize(values.size() * sizeof(V));
  std::memcpy(examples.values.data(), values.data(), examples.values.size());
  for (std::uint32_t i = 0; i < n; ++i) {
    examples.ids.push_back(i);
    examples.labels.push_back(static_cast<float>(i));
    examples.labels.push_back(static_cast<float>(i) + 0.5F);
  }
  return examples;
}

template <typename V, typename T>
void expect_gathers(ElementType type) {
  constexpr std::uint64_t kFeatures = 37;  // not a multiple of any vector width
  const Examples examples = counting_examples<V>(type, 9, kFeatures);
  const std::vector<std::uint32_t> rows = {8, 0, 3, 3};
  Normalizer normalizer;
  for (std::uint64_t j = 0; j < kFeatures; ++j) {
    normalizer.mean.push_back(0.1F * static_cast<float>(j));
    normalizer.inverse_deviation.push_back(1.0F / (1.0F + static_cast<float>(j)));
  }
  std::vector<T> plain(rows.size() * kFeatures);
  std::vector<T> normal(rows.size() * kFeatures);
  gather_rows<T>(examples, rows, {}, {plain.data(), rows.size(), kFeatures});
  gather_rows<T>(examples, rows, normalizer, {normal.data(), rows.size(), kFeatures});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::uint64_t j = 0; j < kFeatures; ++j) {
      const auto x = static_cast<float>((rows[i] * kFeatures + j) % 100);
      const float y = (x - normalizer.mean[j]) * normalizer.inverse_deviation[j];
      EXPECT_EQ(plain[i * kFeatures + j], static_cast<T>(x));
      EXPECT_EQ(normal[i * kFeatures + j], static_cast<T>(y));
    }
  }
}

TEST(Gather, EveryTypeInFloatAndDouble) {
  expect_gathers<std::uint8_t, float>(ElementType::u8);
  expect_gathers<std::uint8_t, double>(ElementType::u8);
  expect_gathers<std::int8_t, float>(ElementType::i8);
  expect_gathers<std::int16_t, float>(ElementType::i16);
  expect_gathers<std::int32_t, float>(ElementType::i32);
  expect_gathers<float, float>(ElementType::f32);
  expect_gathers<float, double>(ElementType::f32);
  expect_gathers<double, float>(ElementType::f64);
  expect_gathers<double, double>(ElementType::f64);
}

TEST(Gather, ClippedValuesAreInsideTheLimit) {
  Examples examples;
  examples.type = ElementType::f32;
  examples.features = 2;
  const std::vector<float> values = {11, 3e38F, 1, -3e38F};
  const auto bytes = std::as_bytes(std::span(values));
  examples.values.assign(bytes.begin(), bytes.end());
  examples.ids = {0, 1};
  const Normalizer normalizer{.mean = {3, 0}, .inverse_deviation = {0.5F, 100}, .clip = 3};
  std::vector<float> out(4);
  gather_rows(examples, std::vector<std::uint32_t>{0, 1}, normalizer,
              Matrix<float>{out.data(), 2, 2});
  EXPECT_FLOAT_EQ(out[0], 2.4F);
  EXPECT_FLOAT_EQ(out[1], 3);
  EXPECT_FLOAT_EQ(out[2], static_cast<float>(-1 / std::sqrt(1 + 1 / 9.0)));
  EXPECT_FLOAT_EQ(out[3], -3);
}

TEST(Gather, Labels) {
  const Examples examples = counting_examples<std::uint8_t>(ElementType::u8, 5, 1);
  const std::vector<std::uint32_t> rows = {4, 1};
  std::vector<float> labels(4);
  gather_labels(examples, rows, {}, {labels.data(), 2, 2});
  EXPECT_EQ(labels, (std::vector<float>{4, 4.5F, 1, 1.5F}));
  gather_labels(examples, rows, {{2, 1.5}, {0.5, 3}}, {labels.data(), 2, 2});
  EXPECT_EQ(labels, (std::vector<float>{4, 1, -2, 0}));
}

TEST(Gather, NoRows) {
  const Examples examples = counting_examples<std::uint8_t>(ElementType::u8, 5, 3);
  gather_rows<float>(examples, {}, {}, {nullptr, 0, 3});
  gather_labels(examples, {}, {}, {nullptr, 0, 2});
}

TEST(GatherDeathTest, RowsBeyondTheExamples) {
  const Examples examples = counting_examples<std::uint8_t>(ElementType::u8, 5, 3);
  std::vector<float> out(3);
  EXPECT_DEATH(gather_rows<float>(examples, std::vector<std::uint32_t>{5}, {}, {out.data(), 1, 3}),
               "below the number of examples");
}

}  // namespace
}  // namespace lockstep
