#pragma once
// Turns the job's settings for images, and what is known of the training source's examples, into
// the values that data works with.

#include <optional>

#include "config/job.h"
#include "data/augmentation.h"
#include "data/source.h"

namespace lockstep {

// What a job says when its source does not know the shape of the images.
inline constexpr const char* kGiveImage =
    "give data.image { channels: ... height: ... width: ... }";

// The shape of the examples: that of the job, else that of the source; none when neither gives
// one. Throws Error(usage) when it does not fit the source's examples, or when the job needs a
// shape and there is none.
std::optional<ImageShape> image_shape(const DataConfig& config, const SourceInfo& train);

// None without augmentation. Throws Error(usage) when the job asks for a transform that is not
// possible for these images.
std::optional<AugmentationSpec> build_augmentation(const DataConfig& config,
                                                   const SourceInfo& train);

}  // namespace lockstep
