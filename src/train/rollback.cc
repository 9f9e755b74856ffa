#include "train/rollback.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "comm/owned_values.h"

namespace lockstep {

std::optional<std::string> why_no_rollback(const RollbackConfig& config, const Rollbacks& rollbacks,
                                           std::uint64_t steps) {
  if (rollbacks.count >= config.limit) {
    return fmt::format("it has rolled back {} times already (training.rollback.limit)",
                       rollbacks.count);
  }
  if (rollbacks.target == steps) {
    return fmt::format("no weight has changed since step {}, to which it would return", steps);
  }
  return std::nullopt;
}

Rollbacks after_rollback(const RollbackConfig& config, Rollbacks rollbacks) {
  ++rollbacks.count;
  rollbacks.rate_factor *= config.rate_factor;
  return rollbacks;
}

std::string rollback_notice(const RollbackConfig& config, const Rollbacks& rollbacks,
                            std::uint64_t steps, const std::string& what) {
  const Rollbacks next = after_rollback(config, rollbacks);
  return fmt::format(
      "warning: after {} steps the run diverges: {}; it returns to step {} and continues with {:g} "
      "times the learning rate of the job (rollback {} of {})",
      steps, what, next.target.value_or(0), next.rate_factor, next.count, config.limit);
}

void RollbackState::take(const RunPosition& position, StepEngine<float>& engine, int rank) {
  step_ = position.step;
  interval_rows_ = position.interval_rows;
  flow_records_ = position.flow_records;
  losses_ = engine.own_losses();
  weights_ =
      pick_owned<float>(engine.exchange().ownership(), rank, engine.weights(), std::move(weights_));
  slots_.resize(engine.optimizer().slot_names().size());
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    const std::span<const float> values = engine.optimizer().slot(slot);
    slots_[slot].assign(values.begin(), values.end());
  }
}

void RollbackState::restore(RunPosition& position, StepEngine<float>& engine, int rank) const {
  position.step = step_;
  position.interval_rows = interval_rows_;
  position.flow_records = flow_records_;
  engine.set_own_losses(losses_);
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    std::ranges::copy(slots_[slot], engine.optimizer().slot(slot).begin());
  }
  const std::span<float> weights = engine.weights();
  place_owned<float>(engine.exchange().ownership(), rank, {0, weights.size()}, weights_, weights);
  engine.exchange().share_weights(engine.pool());
}

}  // namespace lockstep
