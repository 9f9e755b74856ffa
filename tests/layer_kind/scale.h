#pragma once
// Elementwise scale: output = exp(log_scale) x. It shows a kind with a tensor that is not
// penalized, and with values that a pass keeps once for all rows.

#include "nn/layer.h"

namespace lockstep {

struct ScaleSpec {};

// Takes one input and keeps its shape. Tensor: "log_scale", like the input, 0 at the start.
LayerNeeds needs(const ScaleSpec& scale, std::span<const Shape> inputs);

template <typename T>
void forward(const ScaleSpec& scale, const ForwardViews<T>& views, const Block& output);

template <typename T>
void input_gradient(const ScaleSpec& scale, const BackwardViews<T>& views, std::size_t input,
                    const Block& block, GradientView<T> gradient);

template <typename T>
void tensor_gradient(const ScaleSpec& scale, const BackwardViews<T>& views, std::size_t tensor,
                     const Block& block, const GradientSums<T>& sums);

std::optional<std::size_t> matrix_of(const ScaleSpec& scale);
std::optional<LayerWidth> width_of(const ScaleSpec& scale);
std::vector<OnnxNode> onnx_nodes(const ScaleSpec& scale);
std::string describe(const ScaleSpec& scale);

}  // namespace lockstep
