#pragma once
// The loss of a network that only guesses, as a yardstick for divergence: if the learning rate is
// too large, the losses of optimizers with bounded steps, such as Adam, grow but stay finite.

#include "nn/spec.h"

namespace lockstep {

// A mean loss that is this many times that of guessing means divergence.
constexpr double kBeyondGuessing = 1e4;

// Mean loss when all outputs are 0: ln K for softmax over K classes, K ln 2 for K logistic units.
// 0 for losses of values, which have no scale of their own.
double loss_of_guessing(const NetworkSpec& network);

// Whether a mean loss, without penalty, exceeds that bound. Never for losses of values.
bool is_beyond_guessing(const NetworkSpec& network, double mean_loss);

}  // namespace lockstep
