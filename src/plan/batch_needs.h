#pragma once
// What a batch job must ask for to train a job or the trials of a sweep.

#include <cstdint>
#include <vector>

#include "config/job_file.h"

namespace lockstep {

struct BatchQuestion {
  const std::vector<LoadedJob>& jobs;  // of the same data
  // Whether each job is trained on one node, and the nodes of all tasks train side by side;
  // otherwise each is trained on all nodes.
  bool side_by_side = false;
  int tasks = 1;
  int nodes = 1;  // of a task
  int ranks_per_node = 1;
  int threads = 1;  // of each rank
  int cores = 1;    // of this machine, on which steps are measured
  bool predicts_time = true;
};

struct BatchNeeds {
  std::uint64_t bytes_of_rank = 0;
  double seconds = 0;  // of all jobs; 0: not predicted
};

// Measures steps of the first job on this machine if the time is to be predicted. Does not
// communicate. Throws Error(usage) if a job has fewer shards than ranks, and as dataset_sizes() and
// measure_rates() do.
BatchNeeds batch_needs(const BatchQuestion& question);

// Half as much again as a node's ranks need, in steps of 256 MiB: a node also needs memory for its
// files. Pure.
std::uint64_t memory_of_node(std::uint64_t bytes_of_rank, int ranks);

// A run that takes longer than a day is continued by its next start.
inline constexpr double kLongestStart = 24 * 3600;

// Twice the predicted time and five minutes, at most kLongestStart. Pure.
double time_limit_of(double seconds);

}  // namespace lockstep
