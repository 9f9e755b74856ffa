#pragma once
// Early stopping (lecture 1.8) as a pure state machine: stop when the dev set
// has not improved for a while.

#include <cstdint>
#include <optional>

#include "config/job.h"

namespace lockstep {

struct EarlyStoppingState {
  std::optional<double> best_metric;
  std::uint64_t best_step = 0;
  std::uint32_t evaluations_without_improvement = 0;
};

struct StoppingVerdict {
  bool best = false;  // the best evaluation so far
  bool stop = false;
};

// Takes the metric of the evaluation at `step` into `state`. An improvement is
// larger than min_improvement; with no patience given the run never stops, and
// the best step is still kept.
StoppingVerdict observe(EarlyStoppingState& state, double metric, std::uint64_t step,
                        double min_improvement, std::optional<std::uint32_t> patience);

}  // namespace lockstep
