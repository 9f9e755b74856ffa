#pragma once
// The loss of a network that knows nothing, as a yardstick for divergence: with too
// large a learning rate the losses of bounded optimizers such as Adam grow without
// ever leaving the finite numbers.

#include "nn/spec.h"

namespace lockstep {

// A mean loss so many times that of guessing has nothing to do with learning.
constexpr double kBeyondGuessing = 1e4;

// Mean loss of outputs that are all 0: ln K of softmax over K classes, K ln 2 of K
// logistic units. 0 of squared error, which has no scale of its own.
double loss_of_guessing(const NetworkSpec& network);

// Whether a mean loss, without penalty, is so large. Never of squared error.
bool is_beyond_guessing(const NetworkSpec& network, double mean_loss);

}  // namespace lockstep
