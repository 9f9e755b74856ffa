#pragma once
// The sum of any number of inputs of one shape, as residual networks have it. It shows a kind with
// several inputs and without tensors.

#include "nn/layer.h"

namespace lockstep {

struct SumSpec {};

LayerNeeds needs(const SumSpec& sum, std::span<const Shape> inputs);

template <typename T>
void forward(const SumSpec& sum, const ForwardViews<T>& views, const Block& output);

template <typename T>
void input_gradient(const SumSpec& sum, const BackwardViews<T>& views, std::size_t input,
                    const Block& block, GradientView<T> gradient);

template <typename T>
void tensor_gradient(const SumSpec& sum, const BackwardViews<T>& views, std::size_t tensor,
                     const Block& block, const GradientSums<T>& sums);

std::optional<std::size_t> matrix_of(const SumSpec& sum);
std::optional<LayerWidth> width_of(const SumSpec& sum);
std::vector<OnnxNode> onnx_nodes(const SumSpec& sum);
std::string describe(const SumSpec& sum);

}  // namespace lockstep
