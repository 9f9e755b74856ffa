#include "train/run_rollback.h"

#include <algorithm>

#include <fmt/format.h>

#include "nn/initializer.h"

namespace lockstep {

std::optional<std::string> RunRollback::prepare(RunPosition& position) {
  const std::uint64_t target = position.rollbacks.target.value_or(position.step);
  if (target == position.step) {
    keep(position);
    return std::nullopt;
  }
  RollbackState current;
  current.take(position, engine_, comm_.rank());
  RunPosition there;
  const std::optional<std::string> failure = load(target, there);
  if (!failure) kept_.take(there, engine_, comm_.rank());
  current.restore(position, engine_, comm_.rank());
  if (!failure) return std::nullopt;
  position.rollbacks.target.reset();
  return fmt::format(
      "warning: the run cannot roll back before its next evaluation, because the state of step {} "
      "cannot be read: {}",
      target, *failure);
}

std::optional<std::string> RunRollback::load(std::uint64_t step, RunPosition& position) {
  if (step > 0) {
    if (auto failure = checkpoints_.load_step(step, position)) return failure;
  } else {
    if (comm_.is_root()) {
      initialize_parameters(network_.spec(), job_.seed, engine_.weights());
    }
    for (std::size_t slot = 0; slot < engine_.optimizer().slot_names().size(); ++slot) {
      std::ranges::fill(engine_.optimizer().slot(slot), 0.0F);
    }
    engine_.set_losses({});
  }
  comm_.broadcast(engine_.weights());
  return std::nullopt;
}

void RunRollback::keep(RunPosition& position) {
  position.rollbacks.target = position.step;
  kept_.take(position, engine_, comm_.rank());
}

std::string RunRollback::roll_back(RunPosition& position, const std::string& what) {
  const RollbackConfig& config = job_.training.rollback;
  std::string notice = rollback_notice(config, position.rollbacks, position.step, what);
  kept_.restore(position, engine_, comm_.rank());
  position.rollbacks = after_rollback(config, position.rollbacks);
  engine_.set_rate_factor(position.rollbacks.rate_factor);
  return notice;
}

}  // namespace lockstep
