#pragma once
// Early stopping (lecture 1.8) as a pure state machine: the run stops when the dev set has not
// improved for a while.

#include <cstdint>
#include <optional>

#include "metrics/dev_metric.h"

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

// Adds the metric of the evaluation at `step` to `state`. An improvement is larger than
// min_improvement. Without patience the run never stops, but the best step is still kept.
StoppingVerdict observe(EarlyStoppingState& state, const DevMetric& metric, std::uint64_t step,
                        double min_improvement, std::optional<std::uint32_t> patience);

}  // namespace lockstep
