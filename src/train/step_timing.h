#pragma once
// Measures how long a step of a job takes on this machine, on the job's own examples. Timings
// depend on the machine; they serve predictions and never affect results.

#include <cstdint>

#include "config/job.h"
#include "sets/dataset.h"

namespace lockstep {

// Seconds of one step of one process, medians over the measured steps.
struct StepSeconds {
  double fixed = 0;   // of passes, whatever their rows: reading weights, writing gradients
  double row = 0;     // gathering, forward and backward pass of a row, by one of the threads
  double update = 0;  // finishing the gradient, and the optimizer, for all parameters
};

// `job` with `shards` shards of as many rows as the shards of `job` have in a step.
Job with_shards(Job job, std::uint32_t shards);

// The seconds of passes and of rows, from steps with one shard for each thread and with several: as
// many as the job has, but at most 8 for each thread. Loads the job's data. Does not communicate.
// Throws as load_dataset and measure_steps do.
StepSeconds measure_job(const Job& job, int threads, double seconds);

// The seconds of the passes and of the update of `few` and `many` rows for each thread. Pure.
StepSeconds seconds_from(double few_rows, double few_seconds, double many_rows, double many_seconds,
                         double update);

// The seconds of steps of one shard for each thread or more, with `fixed` 0. Trains on `data`,
// loaded for `threads` threads of this process alone, from the initial weights, for at least
// `seconds` and three steps after one that is not counted. Does not communicate. Throws AgreedError
// (diverged).
StepSeconds measure_steps(const Job& job, const Dataset& data, int threads, double seconds);

}  // namespace lockstep
