#pragma once
// The places of the layers' weights in the one flat parameter vector. Gradients and optimizer
// state use the same layout, so that one exchange, one checkpoint format and one digest serve all
// layers.

#include <cstdint>
#include <string>
#include <vector>

#include "base/range.h"
#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

enum class ParameterKind { weight, bias };

struct ParameterTensor {
  std::string name;  // "layer1.weight": layers count from 1 as in the lecture
  ParameterKind kind;
  std::uint64_t rows;     // O
  std::uint64_t columns;  // I, or 1 for a bias
  std::uint64_t offset;   // position of the first value in the flat vector

  [[nodiscard]] Range range() const { return {offset, offset + rows * columns}; }
};

// Weight and bias of every layer, first to last, without gaps.
struct ParameterLayout {
  std::vector<ParameterTensor> tensors;
  std::uint64_t size = 0;

  [[nodiscard]] const ParameterTensor& weight(std::size_t layer) const {
    return tensors[2 * layer];
  }
  [[nodiscard]] const ParameterTensor& bias(std::size_t layer) const {
    return tensors[2 * layer + 1];
  }
  // Weight and bias of a layer together, which are contiguous.
  [[nodiscard]] Range layer(std::size_t layer) const {
    return {weight(layer).offset, bias(layer).range().end};
  }
};

ParameterLayout parameter_layout(const NetworkSpec& spec);

// Ranges of the weights, or of all parameters, in the flat vector: tensor by tensor, ascending.
std::vector<Range> penalised_ranges(const ParameterLayout& layout, bool include_biases);

// The tensor as a matrix [O, I] inside a flat vector.
template <typename T>
Matrix<T> tensor_view(const ParameterTensor& tensor, std::span<T> flat) {
  return {flat.data() + tensor.offset, tensor.rows, tensor.columns};
}

}  // namespace lockstep
