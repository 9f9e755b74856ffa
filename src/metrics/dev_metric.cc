#include "metrics/dev_metric.h"

#include <cmath>

#include "base/error.h"
#include "config/metric.h"

namespace lockstep {

Metric stopping_metric(const Job& job) {
  if (job.early_stopping) return job.early_stopping->metric;
  return predicts_values(job.network.output.loss) ? Metric::dev_cost : Metric::dev_error;
}

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
    throw Error(ExitCode::data, why_missing("early_stopping decides", metric));
  }
  return DevMetric{.value = *number, .larger_is_better = facts.larger_is_better};
}

double improvement(double best, const DevMetric& metric) {
  if (metric.larger_is_better) return metric.value - best;
  if (metric.decisions == 0) return best - metric.value;
  const auto decisions = static_cast<double>(metric.decisions);
  const auto wrong = [&](double error) { return std::round(error * decisions); };
  return (wrong(best) - wrong(metric.value)) / decisions;
}

}  // namespace lockstep
