#include "data/resample.h"

#include <algorithm>

#include "base/check.h"

namespace lockstep {

Resampler::Resampler(ImageShape shape, Border border)
    : shape_(shape),
      border_(border),
      padded_width_(std::size_t{shape.width} + 3),
      corner_(std::size_t{shape.height} * shape.width),
      right_(corner_.size()),
      down_(corner_.size()),
      padded_(padded_width_ * (std::size_t{shape.height} + 3)) {}

void Resampler::resample(const ImageMap& map, std::span<const float> displacements,
                         std::span<float> image) {
  const std::size_t pixels = corner_.size();
  check(image.size() == pixels * shape_.channels, "the image has the shape of the resampler");
  check(displacements.empty() || displacements.size() == 2 * pixels,
        "a displacement for each pixel");
  locate(map, displacements);
  for (std::size_t channel = 0; channel < shape_.channels; ++channel) {
    float* plane = image.data() + channel * pixels;
    pad({plane, pixels});
    const float* padded = padded_.data();
    for (std::size_t i = 0; i < pixels; ++i) {
      const float* upper = padded + corner_[i];
      const float* lower = upper + padded_width_;
      const float above = upper[0] + right_[i] * (upper[1] - upper[0]);
      const float below = lower[0] + right_[i] * (lower[1] - lower[0]);
      plane[i] = above + down_[i] * (below - above);
    }
  }
}

void Resampler::locate(const ImageMap& map, std::span<const float> displacements) {
  // A position in padded_, kept where its four sources are in there; beyond,
  // there is nothing but border.
  const auto place = [](double position, std::uint32_t pixels) {
    return std::clamp(position + 1, 0.0, static_cast<double>(pixels) + 1);
  };
  const auto stride = static_cast<std::int32_t>(padded_width_);
  const float* dx = displacements.data();
  const float* dy = displacements.empty() ? nullptr : dx + corner_.size();
  std::size_t i = 0;
  for (std::uint32_t row = 0; row < shape_.height; ++row) {
    const double x0 = map.xy * row + map.x0;
    const double y0 = map.yy * row + map.y0;
    for (std::uint32_t column = 0; column < shape_.width; ++column, ++i) {
      double x = map.xx * column + x0;
      double y = map.yx * column + y0;
      if (dx != nullptr) {
        x += static_cast<double>(dx[i]);
        y += static_cast<double>(dy[i]);
      }
      x = place(x, shape_.width);
      y = place(y, shape_.height);
      const auto left = static_cast<std::int32_t>(x);
      const auto top = static_cast<std::int32_t>(y);
      corner_[i] = top * stride + left;
      right_[i] = static_cast<float>(x - left);
      down_[i] = static_cast<float>(y - top);
    }
  }
}

void Resampler::pad(std::span<const float> plane) {
  if (!border_.nearest) std::ranges::fill(padded_, border_.value);
  const std::size_t width = shape_.width;
  const auto row_at = [&](std::size_t row) {
    return padded_.begin() + static_cast<std::ptrdiff_t>(row * padded_width_);
  };
  for (std::size_t row = 0; row < shape_.height; ++row) {
    const auto pixels = plane.subspan(row * width, width);
    const auto padded = row_at(row + 1);
    std::ranges::copy(pixels, padded + 1);
    if (border_.nearest) {
      *padded = pixels.front();
      std::fill_n(padded + 1 + shape_.width, 2, pixels.back());
    }
  }
  if (!border_.nearest) return;
  std::copy_n(row_at(1), padded_width_, row_at(0));
  for (const std::size_t below : {1, 2}) {
    std::copy_n(row_at(shape_.height), padded_width_, row_at(shape_.height + below));
  }
}

}  // namespace lockstep
