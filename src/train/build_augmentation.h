#pragma once
// From the job's settings for images, and what the training source says of its
// examples, to the values that data works with.

#include <optional>

#include "config/job.h"
#include "data/augmentation.h"
#include "data/source.h"

namespace lockstep {

// The shape of the examples: the job's, or else the source's; none when neither
// says it. Throws Error(usage) when it is not that of the source's examples, or
// when the job needs a shape and there is none.
std::optional<ImageShape> image_shape(const DataConfig& config, const SourceInfo& train);

// None without augmentation. Throws Error(usage) when the job asks for what
// cannot be done to these images.
std::optional<AugmentationSpec> build_augmentation(const DataConfig& config,
                                                   const SourceInfo& train);

}  // namespace lockstep
