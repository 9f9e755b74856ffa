#pragma once
// Changes of an image's values, not of its geometry. All in place.

#include <cstdint>
#include <span>

#include "data/source.h"
#include "data/spec.h"

namespace lockstep {

// x becomes x + change (high - low).
void change_brightness(double change, ValueRange range, std::span<float> image);

// x becomes mean + factor (x - mean), with the mean over the whole image.
void change_contrast(double factor, std::span<float> image);

// Values beyond the range become its nearest end.
void clamp_to(ValueRange range, std::span<float> image);

struct Rectangle {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

// All channels become `value` there; the rectangle lies within the image.
void erase(ImageShape shape, Rectangle rectangle, float value, std::span<float> image);

}  // namespace lockstep
