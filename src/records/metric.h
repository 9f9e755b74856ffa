#pragma once
// The numbers of the dev set by which runs and trials are compared.

#include <array>
#include <optional>

#include "base/enum_names.h"
#include "records/set_metrics.h"

namespace lockstep {

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

constexpr auto enum_names(Metric) {
  using enum Metric;
  return std::to_array<EnumName<Metric>>({{dev_error, "DEV_ERROR"},
                                          {dev_cost, "DEV_COST"},
                                          {macro_f1, "MACRO_F1"},
                                          {balanced_accuracy, "BALANCED_ACCURACY"},
                                          {roc_auc, "ROC_AUC"},
                                          {average_precision, "AVERAGE_PRECISION"},
                                          {rmse, "RMSE"},
                                          {mae, "MAE"},
                                          {r2, "R2"}});
}

struct MetricFacts {
  Metric metric;
  const char* key;   // in files
  const char* name;  // for people
  bool of_values;    // for values alone; the others but the cost are for classes alone
  bool larger_is_better;
  std::optional<double> SetMetrics::*number;  // null: the error or the cost
};

// The facts of a metric that is one of SetMetrics, with its names there.
consteval MetricFacts facts_in_set(Metric metric, std::optional<double> SetMetrics::*number,
                                   bool of_values, bool larger_is_better) {
  for (const SetMetricFacts& facts : kSetMetrics) {
    if (facts.number == number) {
      return {metric, facts.key, facts.name, of_values, larger_is_better, number};
    }
  }
  throw "the number has no row in kSetMetrics";
}

inline constexpr std::array<MetricFacts, 9> kMetrics = {{
    {Metric::dev_error, "dev_error", "dev error", false, false, nullptr},
    {Metric::dev_cost, "dev_cost", "dev cost", false, false, nullptr},
    facts_in_set(Metric::macro_f1, &SetMetrics::macro_f1, false, true),
    facts_in_set(Metric::balanced_accuracy, &SetMetrics::balanced_accuracy, false, true),
    facts_in_set(Metric::roc_auc, &SetMetrics::roc_auc, false, true),
    facts_in_set(Metric::average_precision, &SetMetrics::average_precision, false, true),
    facts_in_set(Metric::rmse, &SetMetrics::rmse, true, false),
    facts_in_set(Metric::mae, &SetMetrics::mae, true, false),
    facts_in_set(Metric::r2, &SetMetrics::r2, true, true),
}};

// Every metric has a row in kMetrics.
constexpr const MetricFacts& facts_of(Metric metric) {
  for (const MetricFacts& facts : kMetrics) {
    if (facts.metric == metric) return facts;
  }
  return kMetrics.front();
}

// Whether a job whose labels are values, or classes, has this metric.
constexpr bool suits(Metric metric, bool values) {
  return metric == Metric::dev_cost || facts_of(metric).of_values == values;
}

}  // namespace lockstep
