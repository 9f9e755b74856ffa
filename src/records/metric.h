#pragma once
// The numbers of the dev set by which runs and trials are compared.

#include <array>
#include <cstddef>
#include <optional>

#include "records/set_metrics.h"

namespace lockstep {

// In the order of metric.proto.
enum class Metric {
  dev_error,
  dev_cost,
  macro_f1,
  balanced_accuracy,
  roc_auc,
  average_precision,
  rmse,
  mae,
  r2
};

struct MetricFacts {
  const char* key;   // in files
  const char* name;  // for people
  bool of_values;    // for squared error alone; the others but the cost are for classes alone
  bool larger_is_better;
  std::optional<double> SetMetrics::*number;  // null: the error or the cost
};

inline constexpr std::array<MetricFacts, 9> kMetrics = {{
    {"dev_error", "dev error", false, false, nullptr},
    {"dev_cost", "dev cost", false, false, nullptr},
    {"macro_f1", "macro F1", false, true, &SetMetrics::macro_f1},
    {"balanced_accuracy", "balanced accuracy", false, true, &SetMetrics::balanced_accuracy},
    {"roc_auc", "ROC AUC", false, true, &SetMetrics::roc_auc},
    {"average_precision", "average precision", false, true, &SetMetrics::average_precision},
    {"rmse", "RMSE", true, false, &SetMetrics::rmse},
    {"mae", "MAE", true, false, &SetMetrics::mae},
    {"r2", "R2", true, true, &SetMetrics::r2},
}};

constexpr const MetricFacts& facts_of(Metric metric) {
  return kMetrics[static_cast<std::size_t>(metric)];
}

// Whether a job whose targets are values (squared error), or classes, has this metric.
constexpr bool suits(Metric metric, bool values) {
  return metric == Metric::dev_cost || facts_of(metric).of_values == values;
}

}  // namespace lockstep
