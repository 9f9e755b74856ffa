#pragma once
// The epilogue of a layer of any kind: bias, activation and dropout. Shapes: [B, O] for B rows of a
// layer's output, whose O values are those of C channels at O / C positions. A block of it has
// whole rows, or some columns where there is one position.

#include <cstdint>
#include <span>

#include "linalg/matrix.h"
#include "nn/dropout.h"
#include "nn/layer.h"
#include "nn/spec.h"

namespace lockstep {

// Whether a pass keeps slopes da/dz for backward; otherwise they are all 1.
bool keeps_slopes(const EpilogueSpec& epilogue);

// In training, for one block of the layer's output. values [B, O] in: z without bias; out: a.
// slopes [B, O] out: da/dz, if the epilogue keeps them. bias: [C], or empty.
template <typename T>
void epilogue_forward(const EpilogueSpec& epilogue, std::span<const T> bias,
                      const DropoutMasks<T>& masks, Matrix<T> values, Matrix<T> slopes,
                      const Block& block);

// In evaluation: without dropout and slopes.
template <typename T>
void epilogue_predict(const EpilogueSpec& epilogue, std::span<const T> bias, Matrix<T> values,
                      const Block& block);

// One block of delta [B, O] in: dLoss/da; out: dLoss/dz.
template <typename T>
void epilogue_backward(const EpilogueSpec& epilogue, Matrix<const T> slopes, Matrix<T> delta,
                       const Block& block);

// The gradient of a block of a bias [channels, 1]: for each channel the sum of dLoss/dz over the
// rows and positions in order, as tensor_gradient in nn/layer.h has it.
template <typename T>
void bias_gradient(Matrix<const T> delta, std::uint64_t channels, const Block& block,
                   const GradientSums<T>& sums);

}  // namespace lockstep
