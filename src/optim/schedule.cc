#include "optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lockstep {
namespace {

struct DecayFactor {
  double epoch;
  double progress;  // of the whole run, 0 to 1

  double operator()(const ConstantFactor& /*kind*/) const { return 1; }
  double operator()(const StepDecay& kind) const {
    return std::pow(kind.factor, std::floor(epoch / kind.every_epochs));
  }
  double operator()(const ExponentialDecay& kind) const {
    return std::pow(kind.factor_per_epoch, epoch);
  }
  double operator()(const CosineDecay& kind) const {
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
    return kind.final_factor + (1.0 - kind.final_factor) * cosine;
  }
};

}  // namespace

double schedule_factor(const LearningRateSchedule& schedule, double step, double steps_per_epoch,
                       double total_steps) {
  const DecayFactor decay{step / steps_per_epoch, std::min(1.0, step / total_steps)};
  const double warmup_steps = schedule.warmup_epochs * steps_per_epoch;
  // The first update of a warm-up already has a rate above zero.
  const double warmup = warmup_steps > 0 ? std::min(1.0, (step + 1) / warmup_steps) : 1.0;
  return warmup * std::visit(decay, schedule.kind);
}

}  // namespace lockstep
