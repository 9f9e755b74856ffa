#pragma once
// Shows what augmentation does to a job's training images.

#include <cstdint>
#include <vector>

#include "config/job.h"

namespace lockstep {

// Values of an image, before normalization: [channels, height, width].
using ImageValues = std::vector<float>;

struct PreviewExample {
  std::uint32_t id = 0;       // its number in the training source
  std::vector<float> labels;  // [label_width]
  ImageValues original;
  std::vector<ImageValues> augmented;  // as training sees it in epochs 1, 2, ...
};

struct Preview {
  ImageShape shape;
  ValueRange range;  // black and white
  std::vector<PreviewExample> examples;
};

// Returns the first training examples of each label in turn, at most `examples` of them. Reads the
// data on the calling process alone. Throws as load_dataset does, and Error(usage) when the shape
// of the images is not known. Without augmentation there are only originals.
Preview preview_augmentation(const Job& job, std::uint64_t examples, std::uint32_t epochs);

}  // namespace lockstep
