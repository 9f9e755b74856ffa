#include "data/elastic_field.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr RandomKey kKey{3, Purpose::augmentation};

// Over many fields: sums of the values, their squares, and their largest size.
struct Moments {
  double mean = 0;
  double root_mean_square = 0;
  double largest = 0;
};

Moments moments(ElasticField& field) {
  Moments m;
  double n = 0;
  for (std::uint32_t example = 0; example < 500; ++example) {
    for (const float value : field.draw(kKey, {0, example, 5, 1})) {
      const auto v = static_cast<double>(value);
      m.mean += v;
      m.root_mean_square += v * v;
      m.largest = std::max(m.largest, std::abs(v));
      ++n;
    }
  }
  m.mean /= n;
  m.root_mean_square = std::sqrt(m.root_mean_square / n);
  return m;
}

TEST(ElasticField, IsBoundedWithMeanZeroAndTheDocumentedSize) {
  for (const double sigma : {0.5, 2.0, 4.0}) {
    ElasticField field({1, 28, 28}, 3.0, sigma);
    const Moments m = moments(field);
    EXPECT_LE(m.largest, 3.0 * (1 + 1e-6));
    EXPECT_NEAR(m.mean, 0, 0.03) << sigma;
    EXPECT_NEAR(m.root_mean_square, 0.28 * 3, 0.04) << sigma;
  }
}

TEST(ElasticField, IsSmooth) {
  // The bell's standard deviation is sigma: pixels beside each other differ by
  // little, ones several sigma apart have nothing in common.
  ElasticField field({1, 28, 28}, 1.0, 4.0);
  double beside = 0;
  double squares = 0;
  double far = 0;
  for (std::uint32_t example = 0; example < 500; ++example) {
    const auto values = field.draw(kKey, {0, example, 5, 1});
    for (std::size_t row = 0; row < 28; ++row) {
      const auto at = [&](std::size_t x) { return static_cast<double>(values[row * 28 + x]); };
      beside = std::max(beside, std::abs(at(10) - at(11)));
      squares += at(1) * at(1);
      far += at(1) * at(27);
    }
  }
  EXPECT_LT(beside, 0.25);
  EXPECT_NEAR(far / squares, 0, 0.1);
}

TEST(ElasticField, IsAFunctionOfItsKey) {
  ElasticField field({1, 20, 30}, 3.0, 3.0);
  const auto draw = [&](RandomCounter counter) {
    const auto values = field.draw(kKey, counter);
    return std::vector<float>(values.begin(), values.end());
  };
  const auto first = draw({1, 2, 5, 1});
  EXPECT_EQ(first.size(), 2U * 20 * 30);
  EXPECT_NE(draw({2, 2, 5, 1}), first);
  EXPECT_NE(draw({1, 3, 5, 1}), first);
  EXPECT_EQ(draw({1, 2, 5, 1}), first);
  // x and y move apart.
  EXPECT_NE(std::vector(first.begin(), first.begin() + 600),
            std::vector(first.begin() + 600, first.end()));
}

// A uniform cubic B-spline, two knots wide on either side.
double bell(double t) {
  t = std::abs(t);
  if (t >= 2) return 0;
  return t >= 1 ? (2 - t) * (2 - t) * (2 - t) / 6 : (4 - 6 * t * t + 3 * t * t * t) / 6;
}

// As the header says it, with every knot counted for every pixel. Images are flat and tall.
TEST(ElasticField, IsTheSplineThroughItsRandomKnots) {
  const double alpha = 2.5;
  for (const ImageShape shape : {ImageShape{1, 13, 4}, ImageShape{3, 4, 13}}) {
    for (const double sigma : {0.7, 2.0}) {
      const double spacing = std::sqrt(3.0) * sigma;
      const auto knots = [&](std::uint32_t pixels) {
        return static_cast<std::uint32_t>(std::floor((pixels - 1) / spacing)) + 4;
      };
      std::uint32_t n = 0;  // random numbers are taken along x, then y, then the axes
      const auto next = [&] {
        const auto words = random_words(kKey, {1, 2, 5, 1 + n / 4});
        return static_cast<std::int32_t>(words[n++ % 4]) * 0x1p-31;
      };
      ElasticField field(shape, alpha, sigma);
      const auto found = field.draw(kKey, {1, 2, 5, 1});
      ASSERT_EQ(found.size(), std::size_t{2} * shape.height * shape.width);
      std::size_t at = 0;
      for (int axis = 0; axis < 2; ++axis) {
        std::vector<std::vector<double>> values(knots(shape.height));
        for (auto& row : values) {
          for (std::uint32_t i = 0; i < knots(shape.width); ++i) row.push_back(next());
        }
        for (std::uint32_t y = 0; y < shape.height; ++y) {
          for (std::uint32_t x = 0; x < shape.width; ++x, ++at) {
            double expected = 0;
            for (std::size_t j = 0; j < values.size(); ++j) {
              for (std::size_t i = 0; i < values[j].size(); ++i) {
                // The first knot is one spacing before the first pixel.
                expected += alpha * values[j][i] * bell(x / spacing - static_cast<double>(i) + 1) *
                            bell(y / spacing - static_cast<double>(j) + 1);
              }
            }
            EXPECT_NEAR(found[at], expected, 1e-5) << axis << ": " << x << ", " << y;
          }
        }
      }
    }
  }
}

TEST(ElasticField, OnePixel) {
  ElasticField field({1, 1, 1}, 2.0, 1e9);
  EXPECT_EQ(field.draw(kKey, {0, 0, 5, 1}).size(), 2U);
}

}  // namespace
}  // namespace lockstep
