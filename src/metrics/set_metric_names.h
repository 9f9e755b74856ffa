#pragma once
// What the metrics are called when they are those of any set, not of the dev set alone.

#include "records/metric.h"

namespace lockstep {

// "error", "cost", "macro_f1", ...
constexpr const char* key_on_set(Metric metric) {
  if (metric == Metric::dev_error) return "error";
  return metric == Metric::dev_cost ? "cost" : facts_of(metric).key;
}

// "error", "cost", "macro F1", ...
constexpr const char* name_on_set(Metric metric) {
  if (metric == Metric::dev_error) return "error";
  return metric == Metric::dev_cost ? "cost" : facts_of(metric).name;
}

}  // namespace lockstep
