#pragma once
// Each row divided by its Euclidean norm. It shows a kind that keeps a value for each row.

#include "nn/layer.h"

namespace lockstep {

struct UnitNormSpec {};

LayerNeeds needs(const UnitNormSpec& norm, std::span<const Shape> inputs);

template <typename T>
void forward(const UnitNormSpec& norm, const ForwardViews<T>& views, const Block& output);

template <typename T>
void input_gradient(const UnitNormSpec& norm, const BackwardViews<T>& views, std::size_t input,
                    const Block& block, GradientView<T> gradient);

template <typename T>
void tensor_gradient(const UnitNormSpec& norm, const BackwardViews<T>& views, std::size_t tensor,
                     const Block& block, const GradientSums<T>& sums);

std::optional<std::size_t> matrix_of(const UnitNormSpec& norm);
std::optional<LayerWidth> width_of(const UnitNormSpec& norm);
std::vector<OnnxNode> onnx_nodes(const UnitNormSpec& norm);
std::string describe(const UnitNormSpec& norm);

}  // namespace lockstep
