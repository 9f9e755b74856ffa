#pragma once
// A saved model on new examples.

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

// Some predictions, in the order of the input.
struct PredictionBlock {
  std::uint64_t first = 0;          // number of the first example
  Matrix<const float> predictions;  // [B, O]: probabilities, or values of squared error
  // [B, 1]: a class number; or [B, O]: 0 or 1 of each, where decides_by_unit().
  Matrix<const float> decisions;
};

// Collective. Predicts every example of `input`, a file in the format of the
// model's training source, without labels; gives them to `use` on rank 0, block
// after block, the same at every layout. A rank holds its share of the
// examples; predictions are held for one round of blocks only. Throws
// AgreedError for input that cannot be had, does not fit the model or leads to
// outputs beyond float; an exception of `use` reaches all ranks likewise. Returns, on
// rank 0, what a person should know of how the input was read (SourceInfo).
std::vector<std::string> predict_examples(const SavedModel& model,
                                          const std::filesystem::path& input,
                                          const Communicator& comm, const Layout& layout,
                                          const std::function<void(const PredictionBlock&)>& use);

}  // namespace lockstep
