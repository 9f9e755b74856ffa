#pragma once
// The optimizers, one file each. To add one, write its file, name it here and write its
// message into proto/job.proto; config reads its fields by their names.

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "optim/adam.h"
#include "optim/adamw.h"
#include "optim/gradient_descent.h"
#include "optim/momentum.h"
#include "optim/nesterov.h"
#include "optim/rmsprop.h"
#include "optim/step.h"

namespace lockstep {

using Optimizer = std::variant<GradientDescent, Momentum, Nesterov, RmsProp, Adam, AdamW>;

// As the job file calls it: "adam".
std::string_view optimizer_name(const Optimizer& optimizer);

// Of the optimizer itself, before its schedule.
double base_learning_rate(const Optimizer& optimizer);

// The update divides by the root of an average of squared gradients, so that its learning
// rate means the length of a step, whatever the gradient's size.
bool averages_squares(const Optimizer& optimizer);

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
