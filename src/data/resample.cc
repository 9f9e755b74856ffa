#include "data/resample.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace lockstep {
namespace {

// A plane is padded by one pixel of border before it and two after it in each direction.
constexpr std::int32_t kPadding = 3;

// Where the pixels of one row come from: first + step * column, plus the displacement.
struct Line {
  double x_step, x_first;
  double y_step, y_first;
  const float* dx;
  const float* dy;
};

// Corner and offsets of each pixel, in the padded plane of an image of this
// shape. The compiler vectorizes this loop and the next, which more than halves
// the time of augmentation.
void locate(const Line& line, ImageShape shape, std::int32_t* __restrict__ corner,
            float* __restrict__ right, float* __restrict__ down) {
  // Clamped so that all four sources lie in the padded plane; beyond it is only border.
  const double x_limit = shape.width + 1.0;
  const double y_limit = shape.height + 1.0;
  const auto width = static_cast<std::int32_t>(shape.width);
  const std::int32_t stride = width + kPadding;
  for (std::int32_t i = 0; i < width; ++i) {
    double x = line.x_step * i + line.x_first + static_cast<double>(line.dx[i]) + 1;
    double y = line.y_step * i + line.y_first + static_cast<double>(line.dy[i]) + 1;
    x = std::clamp(x, 0.0, x_limit);
    y = std::clamp(y, 0.0, y_limit);
    const auto left = static_cast<std::int32_t>(x);
    const auto top = static_cast<std::int32_t>(y);
    corner[i] = top * stride + left;
    right[i] = static_cast<float>(x - left);
    down[i] = static_cast<float>(y - top);
  }
}

void interpolate(const float* __restrict__ upper, std::size_t stride,
                 std::span<const std::int32_t> corner, const float* __restrict__ right,
                 const float* __restrict__ down, float* __restrict__ pixels) {
  const float* __restrict__ lower = upper + stride;
  for (std::size_t i = 0; i < corner.size(); ++i) {
    const std::int32_t c = corner[i];
    const float above = upper[c] + right[i] * (upper[c + 1] - upper[c]);
    const float below = lower[c] + right[i] * (lower[c + 1] - lower[c]);
    pixels[i] = above + down[i] * (below - above);
  }
}

}  // namespace

Resampler::Resampler(ImageShape shape, Border border)
    : shape_(shape),
      border_(border),
      padded_width_(std::size_t{shape.width} + kPadding),
      still_(std::size_t{2} * shape.height * shape.width),
      corner_(std::size_t{shape.height} * shape.width),
      right_(corner_.size()),
      down_(corner_.size()),
      padded_(padded_width_ * (std::size_t{shape.height} + kPadding)) {
  check(padded_.size() <= std::numeric_limits<std::int32_t>::max(),
        "a plane has fewer than 2^31 pixels");
}

void Resampler::resample(const ImageMap& map, std::span<const float> displacements,
                         std::span<float> image) {
  const std::size_t pixels = corner_.size();
  check(image.size() == pixels * shape_.channels, "the image has the shape of the resampler");
  if (displacements.empty()) displacements = still_;
  check(displacements.size() == 2 * pixels, "a displacement for each pixel");
  for (std::size_t row = 0; row < shape_.height; ++row) {
    const std::size_t first = row * shape_.width;
    const auto y = static_cast<double>(row);
    const Line line{map.xx,
                    map.xy * y + map.x0,
                    map.yx,
                    map.yy * y + map.y0,
                    displacements.data() + first,
                    displacements.data() + pixels + first};
    locate(line, shape_, &corner_[first], &right_[first], &down_[first]);
  }
  for (std::size_t channel = 0; channel < shape_.channels; ++channel) {
    const std::span<float> plane = image.subspan(channel * pixels, pixels);
    pad(plane);
    interpolate(padded_.data(), padded_width_, corner_, right_.data(), down_.data(), plane.data());
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
  for (const std::size_t below : {std::size_t{1}, std::size_t{2}}) {
    std::copy_n(row_at(shape_.height), padded_width_, row_at(shape_.height + below));
  }
}

}  // namespace lockstep
