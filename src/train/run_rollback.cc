#include "train/run_rollback.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "train/decide.h"

namespace lockstep {

std::optional<std::string> RunRollback::prepare(RunPosition& position) {
  const bool is_named = position.rollbacks.target.has_value();
  const std::uint64_t target = position.rollbacks.target.value_or(last_evaluation(
      job_.evaluation, {engine_.steps_per_epoch(), engine_.total_steps()}, position.step));
  if (target == position.step) {
    keep(position);
    return std::nullopt;
  }
  const std::optional<std::string> failure = keep_step(target, position);
  if (!failure) return std::nullopt;
  if (!is_named) {  // the run could not roll back so far
    keep(position);
    return fmt::format(
        "the state of the last evaluation, of step {}, is not there, so until its next evaluation "
        "the run would roll back to step {}",
        target, position.step);
  }
  return fmt::format(
      "warning: until its next evaluation the run cannot roll back, because the state of step {} "
      "cannot be read; restore its file from a copy, or remove the checkpoints after it, so that "
      "the run resumes from an earlier one: {}",
      target, *failure);
}

std::optional<std::string> RunRollback::keep_step(std::uint64_t step, RunPosition& position) {
  RollbackState current;
  current.take(position, engine_, comm_.rank());
  RunPosition there;
  std::optional<std::string> failure = load(step, there);
  if (!failure) {
    kept_.emplace().take(there, engine_, comm_.rank());
    position.rollbacks.target = step;
  }
  current.restore(position, engine_, comm_.rank());
  return failure;
}

std::optional<std::string> RunRollback::load(std::uint64_t step, RunPosition& position) {
  if (step > 0) {
    if (auto failure = checkpoints_.load_step(step, position)) return failure;
  } else {
    if (comm_.is_root()) start_.set(engine_.weights());
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
  if (!kept_) kept_.emplace();
  kept_->take(position, engine_, comm_.rank());
}

std::optional<std::string> RunRollback::why_not(const RunPosition& position) const {
  if (!kept_) {
    return "the state to which it would return cannot be read (see the warning at the start)";
  }
  return why_no_rollback(job_.training.rollback, position.rollbacks, position.step);
}

std::string RunRollback::roll_back(RunPosition& position, const std::string& what) {
  const RollbackConfig& config = job_.training.rollback;
  std::string notice = rollback_notice(config, position.rollbacks, position.step, what);
  check(kept_.has_value(), "there is a state to which the run returns");
  kept_->restore(position, engine_, comm_.rank());
  position.rollbacks = after_rollback(config, position.rollbacks);
  engine_.set_rate_factor(position.rollbacks.rate_factor);
  return notice;
}

}  // namespace lockstep
