#pragma once
// Scores a saved model on a set of its own job.

#include <filesystem>

#include "comm/communicator.h"
#include "train/job_set.h"
#include "train/layout.h"
#include "train/score_examples.h"

namespace lockstep {

// Collective. Reads the checkpoint on rank 0 and the data as training did, and returns the same
// numbers as the run's summary, on rank 0. Throws AgreedError when there is no such set, or when
// its data has changed (unless allowed).
CheckpointScores evaluate_checkpoint(const std::filesystem::path& path, EvaluationSplit split,
                                     const Communicator& comm, const Layout& layout,
                                     bool allow_changed_data);

}  // namespace lockstep
