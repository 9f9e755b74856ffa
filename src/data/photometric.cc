#include "data/photometric.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace lockstep {

void change_brightness(double change, ValueRange range, std::span<float> image) {
  const auto added = static_cast<float>(
      change * (static_cast<double>(range.high) - static_cast<double>(range.low)));
  for (float& x : image) x += added;
}

void change_contrast(double factor, std::span<float> image) {
  const double sum = std::accumulate(image.begin(), image.end(), 0.0);
  const auto mean = static_cast<float>(sum / static_cast<double>(image.size()));
  const auto scale = static_cast<float>(factor);
  for (float& x : image) x = mean + scale * (x - mean);
}

void clamp_to(ValueRange range, std::span<float> image) {
  for (float& x : image) x = std::clamp(x, range.low, range.high);
}

void erase(ImageShape shape, Rectangle rectangle, float value, std::span<float> image) {
  check(rectangle.left + rectangle.width <= shape.width &&
            rectangle.top + rectangle.height <= shape.height,
        "the erased rectangle lies within the image");
  for (std::uint64_t channel = 0; channel < shape.channels; ++channel) {
    for (std::uint64_t row = 0; row < rectangle.height; ++row) {
      const std::uint64_t line = (channel * shape.height + rectangle.top + row) * shape.width;
      std::ranges::fill(image.subspan(line + rectangle.left, rectangle.width), value);
    }
  }
}

}  // namespace lockstep
