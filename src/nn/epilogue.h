#pragma once
// The epilogue of a layer of any kind: bias, activation and dropout. Shapes: [B, O] for B rows of a
// layer's output, whose O values are those of C channels at O / C positions.

#include <cstdint>
#include <span>

#include "linalg/matrix.h"
#include "nn/dropout.h"
#include "nn/spec.h"

namespace lockstep {

// Whether a pass keeps slopes da/dz for backward; otherwise they are all 1.
bool keeps_slopes(const EpilogueSpec& epilogue);

// In training. values [B, O] in: z without bias; out: a. slopes [B, O] out: da/dz, if the epilogue
// keeps them. bias: [C], or empty.
template <typename T>
void epilogue_forward(const EpilogueSpec& epilogue, std::span<const T> bias, LayerMasks<T> masks,
                      Matrix<T> values, Matrix<T> slopes);

// In evaluation: without dropout and slopes.
template <typename T>
void epilogue_predict(const EpilogueSpec& epilogue, std::span<const T> bias, Matrix<T> values);

// delta [B, O] in: dLoss/da; out: dLoss/dz. bias_gradient [C] (empty without a bias) becomes its
// sums over rows and positions, in order, or has them added with `accumulate`.
template <typename T>
void epilogue_backward(const EpilogueSpec& epilogue, Matrix<const T> slopes, Matrix<T> delta,
                       std::span<T> bias_gradient, bool accumulate);

}  // namespace lockstep
