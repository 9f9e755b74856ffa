#pragma once
// Decides whether a run may continue after an evaluation, by its numbers. Pure.

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "nn/spec.h"

namespace lockstep {

enum class Soundness {
  sound,
  cost_not_finite,      // J is not finite
  beyond_guessing,      // the training loss is that of a network that has diverged
  dev_cost_not_finite,  // although J is finite
};

// Judges J, the mean training loss without penalty, and the dev cost (none without a dev set). A
// verdict of beyond_guessing must be confirmed by `confirm`.
Soundness judge(const NetworkSpec& network, double cost, double train_loss,
                std::optional<double> dev_cost);

// Inputs that are far from 1 cause large losses before anything is learnt: a loss beyond guessing
// is sound as long as it does not exceed that of the initial weights by the same factor.
Soundness confirm(double train_loss, double initial_loss);

// Whether the network itself has diverged: cost_not_finite and beyond_guessing.
bool is_divergence(Soundness soundness);

// Describes it.
std::string divergence(Soundness soundness);

// Error(data) for an evaluation after `step` steps whose dev cost is not finite.
Error dev_cost_error(std::uint64_t step);

}  // namespace lockstep
