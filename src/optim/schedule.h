#pragma once
// Learning-rate schedules: a factor on the base rate as a function of time in epochs, which may be
// fractional.

#include <variant>

namespace lockstep {

struct ConstantFactor {};
// factor ^ floor(epoch / every_epochs), exact where the quotient is a whole number
struct StepDecay {
  double every_epochs;
  double factor;
};
// factor_per_epoch ^ epoch
struct ExponentialDecay {
  double factor_per_epoch;
};
// Half a cosine from 1 to final_factor over the run (Loshchilov and Hutter, 2017).
struct CosineDecay {
  double final_factor;
};

struct LearningRateSchedule {
  // Length of the warm-up, before the kind begins. Of its n steps, step k has the factor k / n.
  double warmup_epochs = 0;
  std::variant<ConstantFactor, StepDecay, ExponentialDecay, CosineDecay> kind;
};

// Factor for the update that follows step `step` (from 0) of `total_steps`. The time of the kind
// begins after the warm-up: its epoch 0 is the step after it.
double schedule_factor(const LearningRateSchedule& schedule, double step, double steps_per_epoch,
                       double total_steps);

}  // namespace lockstep
