#pragma once
// Gradient checking of a job (lecture 1.13, 1.14): its network, data, penalty
// and running layout, at the weights training begins with, after some of its
// steps, or at those of a checkpoint.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "diagnose/gradient_check.h"
#include "train/layout.h"

namespace lockstep {

// Networks with no more parameters are checked in every entry unless asked
// otherwise; of larger ones, this many entries of every tensor.
constexpr std::uint64_t kSmallNetwork = 5000;
constexpr std::uint64_t kSampledEntries = 50;

struct GradcheckOptions {
  double epsilon = 1e-5;
  // Of each tensor; 0: all. Absent: as the network's size has it.
  std::optional<std::uint64_t> entries;
  // Examples of the batch; a multiple of the job's shards. Absent: the job's own
  // batch, or 256 if that is larger.
  std::optional<std::uint64_t> rows;
  bool frozen_dropout = false;  // with the masks of step 0; otherwise no dropout
  std::uint64_t after = 0;      // steps of training, then a second check; 0: none
  std::function<bool()> stop_requested = [] { return false; };
  // Called on every rank.
  std::function<void(std::uint64_t done, std::uint64_t total)> on_progress = {};
};

// The weights of a checkpoint, to check instead of those training begins with.
struct CheckpointWeights {
  std::uint64_t step;
  std::span<const float> weights;
};

// A check at the weights after so many steps.
struct GradcheckStage {
  std::uint64_t step = 0;
  std::string weights_digest;
  GradientCheck check;
};

struct GradcheckResult {
  std::string job;
  std::uint64_t parameters = 0;
  std::uint64_t entries = 0;  // looked at
  std::uint64_t rows = 0;     // examples in the batch
  std::uint64_t train_examples = 0;
  double epsilon = 0;
  bool dropout = false;   // there is some, and it is frozen
  bool penalty = false;   // J has one
  std::vector<GradcheckStage> stages;
};

// Collective. Loads the job's data as training does. Weights are those of
// training, in float, and everything about the check itself is in double. The
// training of `after` steps is that of the job, with its dropout and
// augmentation, and gives the weights that `train` has after as many steps. The
// result is on rank 0 and has the same bits at every layout.
//
// Throws AgreedError: usage when options or checkpoint do not fit the job,
// diverged when J or its gradient is not finite, interrupted when asked to stop;
// and what load_dataset throws.
GradcheckResult gradcheck(const Job& job, const std::optional<CheckpointWeights>& checkpoint,
                          const Communicator& comm, const Layout& layout,
                          const GradcheckOptions& options);

}  // namespace lockstep
