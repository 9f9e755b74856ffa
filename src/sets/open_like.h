#pragma once
// Opens the sources other than the training source.

#include <memory>
#include <optional>

#include "data/source.h"
#include "model/saved_model.h"

namespace lockstep {

// Opens a source whose examples must be like those of the training source: the same number of
// features and of values per label, and the same columns of a table. Does not communicate. Throws
// Error(data) when they are not, and the errors of open_source().
std::unique_ptr<ExampleSource> open_like(const DataSource& config, const SourceInfo& train);

// Opens a source whose examples a saved model is to predict: they must have its features and its
// shape of images. For formats other than tables. Does not communicate. Throws Error(data) when
// they do not, and the errors of open_source().
std::unique_ptr<ExampleSource> open_for_model(const DataSource& config, const SavedModel& model);

// Throws Error(data) when the images of a source have another shape than `expected`, if both are
// known. `whose` begins the sentence on the expected shape: "the training set has" or "the model
// has".
void require_same_image(const SourceInfo& info, const std::optional<ImageShape>& expected,
                        const char* whose);

}  // namespace lockstep
