#include "train/dev_metric.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"

namespace lockstep {
namespace {

struct MetricFacts {
  const char* name;
  std::optional<double> SetMetrics::*number;
  bool larger_is_better;
};

// Of a metric that is one of SetMetrics.
MetricFacts facts_of(StoppingMetric metric) {
  switch (metric) {
    case StoppingMetric::macro_f1:
      return {"macro F1", &SetMetrics::macro_f1, true};
    case StoppingMetric::balanced_accuracy:
      return {"balanced accuracy", &SetMetrics::balanced_accuracy, true};
    case StoppingMetric::roc_auc:
      return {"ROC AUC", &SetMetrics::roc_auc, true};
    case StoppingMetric::average_precision:
      return {"average precision", &SetMetrics::average_precision, true};
    case StoppingMetric::rmse:
      return {"RMSE", &SetMetrics::rmse, false};
    case StoppingMetric::mae:
      return {"MAE", &SetMetrics::mae, false};
    case StoppingMetric::r2:
      return {"R2", &SetMetrics::r2, true};
    default:
      check(false, "only these metrics are of single predictions");
      return {};
  }
}

}  // namespace

bool needs_predictions(StoppingMetric metric) {
  return metric != StoppingMetric::dev_error && metric != StoppingMetric::dev_cost;
}

std::optional<DevMetric> dev_metric(StoppingMetric metric, const SetScore& dev) {
  if (dev.examples == 0) return std::nullopt;
  if (metric == StoppingMetric::dev_cost) return DevMetric{.value = *mean_loss(dev)};
  if (metric == StoppingMetric::dev_error) {
    return DevMetric{.value = *error_rate(dev), .decisions = dev.sums.decisions};
  }
  const MetricFacts facts = facts_of(metric);
  const std::optional<double> number = dev.metrics.*facts.number;
  if (!number) {
    throw Error(ExitCode::data,
                fmt::format("early_stopping decides by {}, which the dev set does not have: it "
                            "needs examples of different classes, or targets that differ; give "
                            "another dev set or metric",
                            facts.name));
  }
  return DevMetric{.value = *number, .larger_is_better = facts.larger_is_better};
}

}  // namespace lockstep
