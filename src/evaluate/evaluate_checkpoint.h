#pragma once
// Scores a saved model on a set of its own job.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "evaluate/job_set.h"
#include "evaluate/score_examples.h"

namespace lockstep {

// Collective. Reads the checkpoint on rank 0 and the data as training did, and returns the same
// numbers as the run's summary, on rank 0. Throws AgreedError when there is no such set, or when
// its data has changed (unless allowed). `worst`: the most examples that the scores name, with
// their places in the files.
CheckpointScores evaluate_checkpoint(const std::filesystem::path& path, EvaluationSplit split,
                                     const Communicator& comm, const Layout& layout,
                                     bool allow_changed_data, std::size_t worst = 0);

// What a model answers for its test set.
struct TestAnswers {
  CheckpointScores scores;
  Predictions predictions;              // in the order of the examples
  std::vector<float> labels;            // [examples, label_width], in the units of the file
  std::vector<std::uint32_t> examples;  // numbers in their source, ascending
};

// Collective. The scores of evaluate_checkpoint() for the test set, with its predictions, on rank
// 0. Throws as that does.
TestAnswers answer_test_set(const SavedModel& model, const Communicator& comm, const Layout& layout,
                            bool allow_changed_data);

}  // namespace lockstep
