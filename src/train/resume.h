#pragma once
// Checks whether a run may resume from a checkpoint.

#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// The run that is to be resumed.
struct ResumeRequest {
  std::string_view resolved_job;
  std::string_view train_fingerprint;
  std::string_view dev_fingerprint;
  bool allow_changed_data = false;
  std::string_view starting_digest = {};  // of StartingWeights
};

// Returns notices about harmless changes (length of the run, stopping, evaluation, checkpointing,
// exchange, diagnosis, monitor, places of files). Throws Error(usage) with every changed field
// that would have changed the steps before the checkpoint, or if the weights taken from another run
// are others, and Error(data) when the data has
// changed.
std::vector<std::string> check_resumable(const Checkpoint& checkpoint,
                                         const ResumeRequest& request);

}  // namespace lockstep
