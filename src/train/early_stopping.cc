#include "train/early_stopping.h"

namespace lockstep {

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
