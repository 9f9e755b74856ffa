#include "train/dev_metric.h"

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {

bool needs_predictions(Metric metric) { return facts_of(metric).number != nullptr; }

std::optional<DevMetric> dev_metric(Metric metric, const SetScore& dev) {
  if (dev.examples == 0) return std::nullopt;
  if (metric == Metric::dev_cost) return DevMetric{.value = *mean_loss(dev)};
  if (metric == Metric::dev_error) {
    return DevMetric{.value = *error_rate(dev), .decisions = dev.sums.decisions};
  }
  const MetricFacts& facts = facts_of(metric);
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
