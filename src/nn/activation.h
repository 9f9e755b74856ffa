#pragma once
// Activation functions g and their derivatives, on rows of a layer.

#include <span>

#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

// One row of a layer's output in training.
//   values: [O] in: z without bias; out: a = g(z + bias) * mask
//   slopes: [O] out: da/dz = g'(z + bias) * mask
//   bias:   [O], or empty for none
//   mask:   [O] dropout values, or empty for none
template <typename T>
void activate_row(Activation activation, std::span<const T> bias, std::span<const T> mask,
                  std::span<T> values, std::span<T> slopes);

// The same without derivatives and dropout, for evaluation: values become g(values + bias), row by
// row.
template <typename T>
void activate(Activation activation, std::span<const T> bias, Matrix<T> values);

}  // namespace lockstep
