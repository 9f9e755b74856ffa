#pragma once
// Changes of an image's values, not of its geometry. All work in place.

#include <cstdint>
#include <span>

#include "data/spec.h"

namespace lockstep {

// Maps x to x + change (high - low).
void change_brightness(double change, ValueRange range, std::span<float> image);

// Maps x to mean + factor (x - mean), with the mean over the whole image.
void change_contrast(double factor, std::span<float> image);

// Replaces values beyond the range by its nearest end.
void clamp_to(ValueRange range, std::span<float> image);

struct Rectangle {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

// Sets all channels in the rectangle to `value`; it lies within the image.
void erase(ImageShape shape, Rectangle rectangle, float value, std::span<float> image);

}  // namespace lockstep
