#include "data/elastic_field.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace lockstep {
namespace {

// Weights of the four knots around a point that lies at the fraction t, in [0, 1), of the
// way from the second to the third (uniform cubic B-spline).
std::array<float, 4> spline_weights(double t) {
  const double u = 1 - t;
  return {static_cast<float>(u * u * u / 6), static_cast<float>((3 * t * t * (t - 2) + 4) / 6),
          static_cast<float>((3 * u * u * (u - 2) + 4) / 6), static_cast<float>(t * t * t / 6)};
}

// Values in [-1, 1), one from each word.
void fill_uniform(RandomKey key, RandomCounter counter, std::span<float> values) {
  constexpr std::size_t kWords = std::size_t{4} * kWordBlock;
  RandomWordBlock block;
  for (std::size_t k = 0; k < values.size(); k += kWords) {
    random_word_block(key, counter, block);
    counter[3] += kWordBlock;
    const std::uint32_t* words = block.front().data();
    const std::size_t n = std::min(kWords, values.size() - k);
    for (std::size_t i = 0; i < n; ++i) {
      values[k + i] = static_cast<float>(static_cast<std::int32_t>(words[i])) * 0x1p-31F;
    }
  }
}

}  // namespace

ElasticField::Axis::Axis(std::uint32_t pixels, double spacing) {
  for (std::uint32_t pixel = 0; pixel < pixels; ++pixel) {
    const double position = pixel / spacing;
    const double cell = std::floor(position);
    first.push_back(static_cast<std::uint32_t>(cell));
    weights.push_back(spline_weights(position - cell));
  }
  knots = first.back() + 4;
}

ElasticField::ElasticField(ImageShape shape, double alpha, double sigma)
    : alpha_(static_cast<float>(alpha)),
      x_(shape.width, std::numbers::sqrt3 * sigma),
      y_(shape.height, std::numbers::sqrt3 * sigma),
      values_(std::size_t{2} * x_.knots * y_.knots),
      expanded_(std::size_t{y_.knots} * shape.width),
      field_(std::size_t{2} * shape.height * shape.width) {
  check(alpha >= 0 && sigma >= 0.5, "an elastic field has alpha >= 0 and sigma >= 0.5");
}

std::span<const float> ElasticField::draw(RandomKey key, RandomCounter first) {
  fill_uniform(key, first, values_);
  const std::size_t width = x_.first.size();
  const std::size_t height = y_.first.size();
  const float* values = values_.data();
  for (float* out = field_.data(); out != field_.data() + field_.size();) {
    // Along x at the rows of knots, then along y.
    for (std::size_t row = 0; row < y_.knots; ++row, values += x_.knots) {
      for (std::size_t x = 0; x < width; ++x) {
        const float* v = values + x_.first[x];
        const auto& w = x_.weights[x];
        expanded_[row * width + x] = w[0] * v[0] + w[1] * v[1] + w[2] * v[2] + w[3] * v[3];
      }
    }
    for (std::size_t y = 0; y < height; ++y, out += width) {
      const float* v = expanded_.data() + y_.first[y] * width;
      const auto& w = y_.weights[y];
      for (std::size_t x = 0; x < width; ++x) {
        out[x] = alpha_ * (w[0] * v[x] + w[1] * v[x + width] + w[2] * v[x + 2 * width] +
                           w[3] * v[x + 3 * width]);
      }
    }
  }
  return field_;
}

}  // namespace lockstep
