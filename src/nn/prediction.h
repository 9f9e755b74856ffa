#pragma once
// The answers of a trained network for examples: the non-linearity that its loss implies, and the
// decision.

#include <cstdint>
#include <span>

#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

// Turns logits [B, O] in place into probabilities (softmax over the units, or a sigmoid of each);
// for losses of values they already are the predicted values.
template <typename T>
void to_predictions(Loss loss, Matrix<T> logits);

// The class of a row [O] of logits or predictions under softmax, or under independent units with
// one class label per example: the largest value, the first in a tie.
template <typename T>
std::uint64_t decided_class(std::span<const T> row);

// Whether one independent unit decides yes: its logit is above 0, or its probability above 1/2.
template <typename T>
constexpr bool decides_yes(T logit) {
  return logit > T(0);
}

// Whether each unit decides yes or no by itself: logistic units with a label each. Otherwise units
// are classes, and the decision is one of them.
bool decides_by_unit(const NetworkSpec& network, std::uint64_t label_width);

}  // namespace lockstep
