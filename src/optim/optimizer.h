#pragma once
// The optimizers, one file each. To add one, write its file, name it here and add its message to
// proto/job.proto; config reads its fields by their names.

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

// Name of the optimizer in the job file, such as "adam".
std::string_view optimizer_name(const Optimizer& optimizer);

// Learning rate of the optimizer itself, before its schedule.
double base_learning_rate(const Optimizer& optimizer);

// Whether the update divides by the root of an average of squared gradients. The learning rate
// then sets the length of a step, whatever the gradient's size.
bool averages_squares(const Optimizer& optimizer);

// Names of the vectors of state that the optimizer keeps in addition to the weights.
std::vector<std::string> slot_names(const Optimizer& optimizer);

// The largest magnitude of a gradient that the optimizer's state can hold in T. Optimizers that
// average squares never move a weight again once a square is infinite.
template <typename T>
T largest_gradient(const Optimizer& optimizer);

// Updates a part of the weights and its state.
template <typename T>
void update(const Optimizer& optimizer, const OptimizerStep& step, const OptimizerPart<T>& part);

}  // namespace lockstep
