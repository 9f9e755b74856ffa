#pragma once
// Predictions of a saved model for new examples.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "linalg/matrix.h"
#include "model/saved_model.h"
#include "model/table_reading.h"

namespace lockstep {

// A part of the predictions, in the order of the input.
struct PredictionBlock {
  std::uint64_t first = 0;  // number of the first example
  std::span<const std::uint64_t> lines =
      {};  // [B], of the file, from 1; empty unless it is a table
  std::span<const std::vector<std::string>> kept =
      {};  // [B] as TableRows has them; empty unless it is a table
  Matrix<const float> predictions =
      {};  // [B, O]: probabilities, or values in the units of the file
  // [B, 1]: a class number; or [B, O]: 0 or 1 for each unit, if decides_by_unit().
  Matrix<const float> decisions = {};
};

// Collective. Predicts every example of `input`, a file in the format of the model's training
// source, without labels. Passes the predictions to `use` on rank 0, block after block, the same
// at every layout. Rank 0 reads a table once, from a file, pipe or device, and the ranks hold the
// rows of one block only; a pipe that pauses gets the predictions of the rows so far. Every rank
// reads its share of other formats. Throws AgreedError(usage) if `reading` does not fit the model,
// and AgreedError if the input cannot be read, does not fit the model or leads to outputs that are
// not finite in float; an exception of `use` also becomes an AgreedError on all ranks. Returns, on
// rank 0, what a person should know about how the input was read, one line each.
std::vector<std::string> predict_examples(const SavedModel& model,
                                          const std::filesystem::path& input,
                                          const TableReading& reading, const Communicator& comm,
                                          const Layout& layout,
                                          const std::function<void(const PredictionBlock&)>& use);

}  // namespace lockstep
