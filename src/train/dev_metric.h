#pragma once
// The number of the dev set that judges an evaluation. Pure.

#include <optional>

#include "config/job.h"
#include "train/early_stopping.h"
#include "train/scores.h"

namespace lockstep {

// Whether the metric needs every prediction of the set, not only sums.
bool needs_predictions(Metric metric);

// The metric of the score `dev`; none without a dev set. Throws Error(data) when the set has no
// such number, as ROC AUC has none with examples of one class only.
std::optional<DevMetric> dev_metric(Metric metric, const SetScore& dev);

}  // namespace lockstep
