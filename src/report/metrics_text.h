#pragma once
// The metrics of a set as text for people. Pure.

#include <span>
#include <string>

#include "records/set_metrics.h"

namespace lockstep {

// The metrics that are present on one line: "ROC AUC 0.9012  macro F1 0.8123"; empty without any.
// The error of the most frequent class stands beside that of the network instead.
std::string metrics_line_of(const SetMetrics& metrics);

// The metrics of each of several targets, a line each; empty otherwise. `names`: of the targets, or
// empty.
std::string target_table(const SetMetrics& metrics, std::span<const std::string> names);

// The bins of calibration that have decisions, a line each; empty without bins.
std::string reliability_table(const SetMetrics& metrics);

}  // namespace lockstep
