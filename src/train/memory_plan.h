#pragma once
// Computes how much memory a job will need, before any data is read.

#include <cstdint>

#include "comm/exchange_plan.h"
#include "comm/layout.h"
#include "config/job.h"
#include "nn/spec.h"
#include "sets/dataset_sizes.h"

namespace lockstep {

// Bytes of the rank with the most, by purpose.
struct MemoryPlan {
  std::uint64_t examples = 0;     // examples of own shards, and held-out blocks
  std::uint64_t weights = 0;      // with the copy of the best ones on rank 0
  std::uint64_t gradients = 0;    // buffers of the gradient tree, all threads
  std::uint64_t exchange = 0;     // receive buffers
  std::uint64_t optimizer = 0;    // state of the owned parameters
  std::uint64_t activations = 0;  // workspaces, all threads
  std::uint64_t checkpoint = 0;   // snapshot and chunks on rank 0 while saving
  std::uint64_t predictions = 0;  // of the larger of dev and test set, for their metrics
  std::uint64_t rollback = 0;     // the state to roll back to, if the job does
  std::uint64_t shards = 0;       // lists of all shards, and sums over each
  std::uint64_t monitor = 0;      // signal-flow monitor, if the job has one
  std::uint64_t program = 0;      // libraries and code, a measured constant

  [[nodiscard]] std::uint64_t total() const {
    return examples + weights + gradients + exchange + optimizer + activations + checkpoint +
           predictions + rollback + shards + monitor + program;
  }
};

// The plan of rank 0, which needs the most.
MemoryPlan plan_memory(const Job& job, const NetworkSpec& network, const DatasetSizes& sizes,
                       const Layout& layout, const Hosts& hosts);

// Throws Error(usage) when there are more ranks than shards. Threads need no shards of their own.
void check_ranks(int ranks, std::uint32_t shards);

}  // namespace lockstep
