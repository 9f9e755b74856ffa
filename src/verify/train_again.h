#pragma once
// Trains a recorded part of a run again.

#include <functional>
#include <string>

#include "comm/communicator.h"
#include "config/job_file.h"
#include "train/trainer.h"
#include "verify/verification.h"

namespace lockstep {

// Collective. Trains by `loaded` and `options`, without checkpoints. `verification` is the one of
// `observers` that compares, on rank 0, and null elsewhere. `notify` takes a line on rank 0, when
// the run diverges again. Throws AgreedError as train() does, and AgreedError(data) when the
// training parts from the record or ends before it.
void train_again(const LoadedJob& loaded, const Communicator& comm, const TrainOptions& options,
                 const TrainingObservers& observers, Verification* verification,
                 const std::function<void(const std::string&)>& notify);

}  // namespace lockstep
