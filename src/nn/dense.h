#pragma once
// The dense layer: output = W x, where x has all values of the input.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nn/layer.h"

namespace lockstep {

struct DenseSpec {
  std::uint64_t units = 0;
  InitializerSpec initializer;
};

// Takes one input of any shape. Tensor: "weight" [units, I]. Output: [units].
LayerNeeds needs(const DenseSpec& dense, std::span<const Shape> inputs);

template <typename T>
void forward(const DenseSpec& dense, const ForwardViews<T>& views, const Block& output);

template <typename T>
void input_gradient(const DenseSpec& dense, const BackwardViews<T>& views, std::size_t input,
                    const Block& block, GradientView<T> gradient);

template <typename T>
void tensor_gradient(const DenseSpec& dense, const BackwardViews<T>& views, std::size_t tensor,
                     const Block& block, const GradientSums<T>& sums);

std::optional<std::size_t> matrix_of(const DenseSpec& dense);
std::optional<LayerWidth> width_of(const DenseSpec& dense);
std::vector<OnnxNode> onnx_nodes(const DenseSpec& dense);
std::string describe(const DenseSpec& dense);

}  // namespace lockstep
