#pragma once
// Early stopping (lecture 1.8) as a pure state machine: stop when the dev set
// has not improved for a while.

#include <cstdint>
#include <optional>

#include "config/job.h"

namespace lockstep {

// What an evaluation is judged by; smaller is better.
struct DevMetric {
  double value = 0;
  // Of an error, a fraction of so many decisions; 0: a cost.
  std::uint64_t decisions = 0;
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

// Which metric a job's evaluations are judged by: that of early_stopping, else the
// dev error, or the dev cost where the loss has no error rate.
StoppingMetric stopping_metric(const Job& job);

// By how much `metric` is below the value `best` of an earlier evaluation on the same
// set. Errors differ by the difference of their counts, divided once, so that 0.4 - 0.3
// of ten examples is 1 / 10: the very number that 0.1 is read as.
double improvement(double best, const DevMetric& metric);

// Takes the metric of the evaluation at `step` into `state`. An improvement is
// larger than min_improvement; with no patience given the run never stops, and
// the best step is still kept.
StoppingVerdict observe(EarlyStoppingState& state, const DevMetric& metric, std::uint64_t step,
                        double min_improvement, std::optional<std::uint32_t> patience);

}  // namespace lockstep
