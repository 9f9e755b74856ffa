#include "optim/schedule.h"

#include <algorithm>
#include <numbers>

#include "base/rounding.h"
#include "numerics/functions.h"

namespace lockstep {
namespace {

// The factor as a function of the time since the end of the warm-up.
struct DecayFactor {
  double step;
  double steps_per_epoch;
  double total_steps;

  double operator()(const ConstantFactor& /*kind*/) const { return 1; }
  double operator()(const StepDecay& kind) const {
    return numerics::pow(kind.factor, whole_quotient(step, steps_per_epoch * kind.every_epochs));
  }
  double operator()(const ExponentialDecay& kind) const {
    return numerics::pow(kind.factor_per_epoch, step / steps_per_epoch);
  }
  double operator()(const CosineDecay& kind) const {
    const double progress = total_steps > 0 ? std::min(1.0, step / total_steps) : 1.0;
    const double cosine = 0.5 * (1.0 + numerics::cos(std::numbers::pi * progress));
    return kind.final_factor + (1.0 - kind.final_factor) * cosine;
  }
};

}  // namespace

double schedule_factor(const LearningRateSchedule& schedule, double step, double steps_per_epoch,
                       double total_steps) {
  // A fraction of an epoch need not be a whole number of steps: the ramp reaches 1 within its last
  // step.
  const double ramp = schedule.warmup_epochs * steps_per_epoch;
  const double warmup_steps = whole_ceiling(ramp);
  if (step < warmup_steps) return std::min(1.0, (step + 1) / ramp);
  const DecayFactor decay{step - warmup_steps, steps_per_epoch, total_steps - warmup_steps};
  return std::visit(decay, schedule.kind);
}

}  // namespace lockstep
