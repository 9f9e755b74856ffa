#pragma once
// Applies a map to an image: each output pixel is interpolated bilinearly between
// the four input pixels around the position it comes from.

#include <cstdint>
#include <span>
#include <vector>

#include "data/image_map.h"
#include "data/spec.h"

namespace lockstep {

// Keeps its scratch space between images.
class Resampler {
 public:
  Resampler(ImageShape shape, Border border);

  // Replaces `image` [channels, height, width] by its transform under `map`. The
  // pixel at p comes from map(p) plus its displacement. `displacements`, if not
  // empty, are [2, height, width]: those along x, then those along y. Pixels at
  // whole positions are copied exactly.
  void resample(const ImageMap& map, std::span<const float> displacements, std::span<float> image);

 private:
  void pad(std::span<const float> plane);

  ImageShape shape_;
  Border border_;
  std::size_t padded_width_;
  std::vector<float> still_;  // no displacements
  // For each output pixel: the place in padded_ of the upper left of its four
  // sources, and its distance to the right of and below that source, in [0, 1).
  std::vector<std::int32_t> corner_;
  std::vector<float> right_;
  std::vector<float> down_;
  // One plane with its border.
  std::vector<float> padded_;
};

}  // namespace lockstep
