#pragma once
// The optimizers, one file each; to add one, write its file and name it here.

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "optim/adam.h"
#include "optim/gradient_descent.h"
#include "optim/momentum.h"
#include "optim/nesterov.h"
#include "optim/rmsprop.h"
#include "optim/step.h"

namespace lockstep {

using Optimizer = std::variant<GradientDescent, Momentum, Nesterov, RmsProp, Adam>;

// One name for each vector of state the optimizer keeps beside the weights.
std::vector<std::string> slot_names(const Optimizer& optimizer);

// The largest magnitude of a gradient that the optimizer's state can hold in T. Those
// that average squares stop moving weights for ever once a square is infinite.
template <typename T>
T largest_gradient(const Optimizer& optimizer);

// Updates a part of the weights and its state.
template <typename T>
void update(const Optimizer& optimizer, const OptimizerStep& step, const OptimizerPart<T>& part);

}  // namespace lockstep
