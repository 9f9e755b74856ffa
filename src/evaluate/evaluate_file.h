#pragma once
// Scores a saved model on a new file of labelled examples.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "evaluate/score_examples.h"
#include "model/table_reading.h"

namespace lockstep {

struct LabelledFile {
  std::filesystem::path data;    // in the format of the model's training source
  std::filesystem::path labels;  // for formats with a file of labels; otherwise empty
  TableReading reading = {};
  std::size_t worst = 0;  // the most examples that the scores name
};

struct FileScores {
  CheckpointScores scores;
  // What a person should know about how the file was read, one line each.
  std::vector<std::string> notices = {};
};

// Collective. Reads checkpoint and file on rank 0, which holds all examples for a while, and
// returns the scores on rank 0, the same at every layout. A table is read once, from a file, pipe
// or device, and its columns are found by name. Throws AgreedError(usage) if `file` does not fit
// the model, and AgreedError if it cannot be read, has no labels, does not fit the model, or leads
// to outputs that are not finite in float.
FileScores evaluate_file(const std::filesystem::path& checkpoint, const LabelledFile& file,
                         const Communicator& comm, const Layout& layout);

}  // namespace lockstep
