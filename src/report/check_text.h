#pragma once
// The answer of `check` as text for people. Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "nn/spec.h"
#include "plan/node_traffic.h"
#include "sets/dataset_sizes.h"
#include "train/memory_plan.h"

namespace lockstep {

// What a job needs, and what is to be said of its data.
struct CheckedJob {
  DatasetSizes sizes;
  NetworkSpec network;
  std::uint64_t steps_per_epoch = 0;
  std::uint64_t steps = 0;
  // For which the memory of rank 0 is predicted; threads per rank.
  int ranks = 1;
  int threads = 1;
  MemoryPlan memory;
  std::vector<NodeTraffic> traffic;  // of the asked number of nodes first; empty for one node
  std::vector<std::string> notes;    // lines for the end
};

std::string check_text(const CheckedJob& checked);

}  // namespace lockstep
