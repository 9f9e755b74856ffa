#pragma once
// Augmentation (lecture 1.8): training images changed at random, so that one
// example stands for many. The change depends on seed, epoch and example alone,
// so it is the same on every layout and differs between epochs.

#include <cstdint>
#include <optional>
#include <span>

#include "data/elastic_field.h"
#include "data/image_map.h"
#include "data/photometric.h"
#include "data/resample.h"
#include "data/spec.h"

namespace lockstep {

// The transforms of images of one shape.
struct AugmentationSpec : Transforms {
  ImageShape shape;
  ValueRange range;  // brightness and contrast stay within it
};

// What determines the change of an example, besides its id.
struct AugmentationKey {
  std::uint32_t seed;
  std::uint32_t epoch;
};

// The flip, crop, zoom, rotation and shift of an example, in this order, as one map.
ImageMap drawn_map(const AugmentationSpec& spec, AugmentationKey key, std::uint32_t example);

// The rectangle that is erased from an example, if any.
std::optional<Rectangle> drawn_rectangle(const AugmentationSpec& spec, AugmentationKey key,
                                         std::uint32_t example);

// Applies a specification to images, one at a time. Its only state is scratch
// space, so each thread needs its own.
class Augmenter {
 public:
  explicit Augmenter(const AugmentationSpec& spec);

  // Changes `image` [channels, height, width], the values of example `example`
  // before any normalization: geometry first, with one interpolation, then
  // brightness, contrast and erasing.
  void apply(AugmentationKey key, std::uint32_t example, std::span<float> image);

 private:
  void change_geometry(AugmentationKey key, std::uint32_t example, std::span<float> image);
  void change_values(AugmentationKey key, std::uint32_t example, std::span<float> image) const;

  AugmentationSpec spec_;
  Resampler resampler_;
  std::optional<ElasticField> field_;
};

}  // namespace lockstep
