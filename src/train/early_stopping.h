#pragma once
// Early stopping (lecture 1.8) as a pure state machine: the run stops when the dev set has not
// improved for a while.

#include <cstdint>
#include <optional>

#include "config/job.h"

namespace lockstep {

// The number that judges an evaluation.
struct DevMetric {
  double value = 0;
  // Number of decisions of which an error is a fraction; 0: the value is a cost.
  std::uint64_t decisions = 0;
  bool larger_is_better = false;
};

struct EarlyStoppingState {
  std::optional<double> best_metric;
  std::uint64_t best_step = 0;
  std::uint32_t evaluations_without_improvement = 0;
};

struct StoppingVerdict {
  bool best = false;  // the best evaluation so far
  bool stop = false;
};

// The metric that judges a job's evaluations: that of early_stopping, else the dev error, or the
// dev cost if the loss has no error rate.
Metric stopping_metric(const Job& job);

// How much better `metric` is than the value `best` of an earlier evaluation on the same set. The
// difference of two errors is that of their counts, divided once, so that 0.4 - 0.3 of ten
// examples is 1 / 10, which is exactly the number that 0.1 in a job file is read as.
double improvement(double best, const DevMetric& metric);

// Adds the metric of the evaluation at `step` to `state`. An improvement is larger than
// min_improvement. Without patience the run never stops, but the best step is still kept.
StoppingVerdict observe(EarlyStoppingState& state, const DevMetric& metric, std::uint64_t step,
                        double min_improvement, std::optional<std::uint32_t> patience);

}  // namespace lockstep
