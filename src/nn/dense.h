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
void forward(const DenseSpec& dense, const ForwardViews<T>& views);

template <typename T>
void backward(const DenseSpec& dense, const BackwardViews<T>& views);

std::optional<LayerWidth> width_of(const DenseSpec& dense);
std::vector<OnnxNode> onnx_nodes(const DenseSpec& dense);
std::string describe(const DenseSpec& dense);

}  // namespace lockstep
