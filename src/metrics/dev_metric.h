#pragma once
// The number of the dev set that judges an evaluation. Pure.

#include <cstdint>
#include <optional>

#include "config/job.h"
#include "metrics/scores.h"

namespace lockstep {

// The number that judges an evaluation.
struct DevMetric {
  double value = 0;
  // Number of decisions of which an error is a fraction; 0: the value is a cost.
  std::uint64_t decisions = 0;
  bool larger_is_better = false;
};

// The metric that judges a job's evaluations: that of early_stopping, else the dev error, or the
// dev cost if the loss has no error rate.
Metric stopping_metric(const Job& job);

// Whether the metric needs every prediction of the set, not only sums.
bool needs_predictions(Metric metric);

// The metric of the score `dev`; none without a dev set. Throws Error(data) when the set has no
// such number, as ROC AUC has none with examples of one class only.
std::optional<DevMetric> dev_metric(Metric metric, const SetScore& dev);

// How much better `metric` is than the value `best` of an earlier evaluation on the same set. The
// difference of two errors is that of their counts, divided once, so that 0.4 - 0.3 of ten
// examples is 1 / 10, which is exactly the number that 0.1 in a job file is read as.
double improvement(double best, const DevMetric& metric);

}  // namespace lockstep
