#pragma once
// What a trained network says of examples: the non-linearity that its loss
// implies, and the decision.

#include <cstdint>
#include <span>

#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

// Turns logits [B, O] in place into probabilities (softmax over the units, or a
// sigmoid of each), or leaves them: the predicted values of squared error.
template <typename T>
void to_predictions(Loss loss, Matrix<T> logits);

// The class of a row [O] of logits or predictions under softmax, or under
// independent units with one class label each: the largest, the first of equals.
template <typename T>
std::uint64_t decided_class(std::span<const T> row);

// Whether one independent unit says yes: logit above 0, probability above 1/2.
template <typename T>
constexpr bool decides_yes(T logit) {
  return logit > T(0);
}

// Whether each unit answers a question of its own with yes or no: logistic units with
// a label each. Other units are classes, one of which is decided on.
bool decides_by_unit(const NetworkSpec& network, std::uint64_t label_width);

}  // namespace lockstep
