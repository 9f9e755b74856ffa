#pragma once
// Predictions of a saved model for new examples.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "linalg/matrix.h"
#include "train/layout.h"
#include "train/saved_model.h"

namespace lockstep {

// A part of the predictions, in the order of the input.
struct PredictionBlock {
  std::uint64_t first = 0;          // number of the first example
  Matrix<const float> predictions;  // [B, O]: probabilities, or values of squared error
  // [B, 1]: a class number; or [B, O]: 0 or 1 for each unit, if decides_by_unit().
  Matrix<const float> decisions;
};

// Collective. Predicts every example of `input`, a file in the format of the model's training
// source, without labels. Passes the predictions to `use` on rank 0, block after block, the same
// at every layout. A rank holds its share of the examples, and the predictions of one round of
// blocks only. Throws AgreedError if the input cannot be read, does not fit the model or leads to
// outputs that are not finite in float; an exception of `use` also becomes an AgreedError on all
// ranks. Returns, on rank 0, what a person should know about how the input was read (SourceInfo).
std::vector<std::string> predict_examples(const SavedModel& model,
                                          const std::filesystem::path& input,
                                          const Communicator& comm, const Layout& layout,
                                          const std::function<void(const PredictionBlock&)>& use);

}  // namespace lockstep
