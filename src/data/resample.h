#pragma once
// An image seen through a map: each output pixel is interpolated bilinearly
// between the four input pixels around the place it comes from.

#include <cstdint>
#include <span>
#include <vector>

#include "data/image_map.h"
#include "data/source.h"
#include "data/spec.h"

namespace lockstep {

// Keeps scratch space from one image to the next.
class Resampler {
 public:
  Resampler(ImageShape shape, Border border);

  // Replaces `image` [channels, height, width] by what `map` shows of it. The
  // pixel at p comes from map(p) plus its displacement: along x, then along y,
  // of each pixel, [2, height, width]; none when empty. At whole positions
  // pixels are copied exactly.
  void resample(const ImageMap& map, std::span<const float> displacements, std::span<float> image);

 private:
  void pad(std::span<const float> plane);

  ImageShape shape_;
  Border border_;
  std::size_t padded_width_;
  std::vector<float> still_;  // no displacements
  // Of each output pixel: where in padded_ the upper left one of its four
  // sources is, and how far right and down of that it comes from, in [0, 1).
  std::vector<std::int32_t> corner_;
  std::vector<float> right_;
  std::vector<float> down_;
  // One plane in its border.
  std::vector<float> padded_;
};

}  // namespace lockstep
