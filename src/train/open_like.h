#pragma once
// Sources beside the training source.

#include <memory>
#include <optional>

#include "config/job.h"
#include "data/source.h"

namespace lockstep {

// Opens a source whose examples must be like those of the training source: as many
// features and values per label, the same columns of a table. Does not communicate.
// Throws Error(data) when they are not, and what open_source() throws.
std::unique_ptr<ExampleSource> open_like(const DataSource& config, const SourceInfo& train);

// Throws Error(data) when a source has images of another shape than those of a
// training source, "the training set has" or "the model has"; where both are known.
void require_same_image(const SourceInfo& info, const std::optional<ImageShape>& expected,
                        const char* whose);

}  // namespace lockstep
