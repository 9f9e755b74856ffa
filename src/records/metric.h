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
  bool of_values;    // for values alone; the others but the cost are for classes alone
  bool larger_is_better;
  std::optional<double> SetMetrics::*number;  // null: the error or the cost
};

// The facts of a metric that is one of SetMetrics, with its names there.
consteval MetricFacts facts_in_set(std::optional<double> SetMetrics::*number, bool of_values,
                                   bool larger_is_better) {
  for (const SetMetricFacts& facts : kSetMetrics) {
    if (facts.number == number) {
      return {facts.key, facts.name, of_values, larger_is_better, number};
    }
  }
  throw "the number has no row in kSetMetrics";
}

inline constexpr std::array<MetricFacts, 9> kMetrics = {{
    {"dev_error", "dev error", false, false, nullptr},
    {"dev_cost", "dev cost", false, false, nullptr},
    facts_in_set(&SetMetrics::macro_f1, false, true),
    facts_in_set(&SetMetrics::balanced_accuracy, false, true),
    facts_in_set(&SetMetrics::roc_auc, false, true),
    facts_in_set(&SetMetrics::average_precision, false, true),
    facts_in_set(&SetMetrics::rmse, true, false),
    facts_in_set(&SetMetrics::mae, true, false),
    facts_in_set(&SetMetrics::r2, true, true),
}};

constexpr const MetricFacts& facts_of(Metric metric) {
  return kMetrics[static_cast<std::size_t>(metric)];
}

// Whether a job whose labels are values, or classes, has this metric.
constexpr bool suits(Metric metric, bool values) {
  return metric == Metric::dev_cost || facts_of(metric).of_values == values;
}

}  // namespace lockstep
