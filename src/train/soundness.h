#pragma once
// Whether the numbers of an evaluation let a run go on. Pure.

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "nn/spec.h"

namespace lockstep {

enum class Soundness {
  sound,
  cost_not_finite,      // of J
  beyond_guessing,      // the training loss is that of a network that has diverged
  dev_cost_not_finite,  // although J is finite
};

// Judges J, the mean training loss without penalty and the dev cost (none without a
// dev set). A verdict of beyond_guessing is to be confirmed by `confirm`.
Soundness judge(const NetworkSpec& network, double cost, double train_loss,
                std::optional<double> dev_cost);

// Inputs that are far from 1 make large losses before anything is learnt: a loss that is
// beyond guessing is sound as long as it is not as far beyond that of the initial weights.
Soundness confirm(double train_loss, double initial_loss);

// What to say has diverged; of cost_not_finite and beyond_guessing.
std::string divergence(Soundness soundness);

// Error(data) of an evaluation after `step` steps whose dev cost is not finite.
Error dev_cost_error(std::uint64_t step);

}  // namespace lockstep
