#pragma once
// Measures how long a step of a job takes on this machine, on the job's own examples. Timings
// depend on the machine; they serve predictions and never affect results.

#include <cstdint>

#include "config/job.h"
#include "train/dataset.h"

namespace lockstep {

// Seconds of one step of one process, medians over the measured steps.
struct StepSeconds {
  double row = 0;     // gathering, forward and backward pass of a row, by one of the threads
  double shard = 0;   // in addition, of each shard of a thread after its first: adding up, caches
  double update = 0;  // joining the sums of the threads, and the optimizer, for all parameters
};

// `job` with `shards` shards of as many rows as the shards of `job` have in a step.
Job with_shards(Job job, std::uint32_t shards);

// The seconds of rows and of shards, from steps with one shard for each thread and with several: as
// many as the job has, but at most 8 for each thread. Loads the job's data. Does not communicate.
// Throws as load_dataset and measure_steps do.
StepSeconds measure_job(const Job& job, int threads, double seconds);

// The seconds of steps of one shard for each thread or more; `shard` is 0. Trains on `data`, loaded
// for `threads` threads of this process alone, from the initial weights, for at least `seconds` and
// three steps after one that is not counted. Does not communicate. Throws AgreedError (diverged).
StepSeconds measure_steps(const Job& job, const Dataset& data, int threads, double seconds);

}  // namespace lockstep
