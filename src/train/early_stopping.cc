#include "train/early_stopping.h"

#include <cmath>

namespace lockstep {

Metric stopping_metric(const Job& job) {
  if (job.early_stopping) return job.early_stopping->metric;
  return predicts_values(job.network.output.loss) ? Metric::dev_cost : Metric::dev_error;
}

double improvement(double best, const DevMetric& metric) {
  if (metric.larger_is_better) return metric.value - best;
  if (metric.decisions == 0) return best - metric.value;
  const auto decisions = static_cast<double>(metric.decisions);
  const auto wrong = [&](double error) { return std::round(error * decisions); };
  return (wrong(best) - wrong(metric.value)) / decisions;
}

StoppingVerdict observe(EarlyStoppingState& state, const DevMetric& metric, std::uint64_t step,
                        double min_improvement, std::optional<std::uint32_t> patience) {
  const bool best = !state.best_metric || improvement(*state.best_metric, metric) > min_improvement;
  if (best) {
    state = {metric.value, step, 0};
  } else {
    ++state.evaluations_without_improvement;
  }
  return {best, patience && state.evaluations_without_improvement >= *patience};
}

}  // namespace lockstep
