#pragma once
// The positions of the layers' tensors in the one flat parameter vector. Gradients and optimizer
// state use the same positions, so that one exchange, one checkpoint format and one digest serve
// all layers.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/range.h"
#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

struct ParameterTensor {
  std::string name;   // "layer1.weight": layers count from 1 as in the lecture
  std::size_t layer;  // its index in NetworkSpec::layers, from 0
  ParameterRole role;
  Shape shape;
  bool penalized;
  std::uint64_t offset;  // position of the first value in the flat vector

  [[nodiscard]] Range range() const { return {offset, offset + size_of(shape)}; }
  // As a matrix: the first extent by all others. A vector has one column.
  [[nodiscard]] std::uint64_t rows() const { return shape.front(); }
  [[nodiscard]] std::uint64_t columns() const { return size_of(shape) / rows(); }
};

// The tensors of every layer, first to last, in the order of its needs, without gaps.
struct ParameterTable {
  std::vector<ParameterTensor> tensors;
  std::vector<Range> layers;  // of the flat vector, for each layer; empty if it has no tensors
  std::uint64_t size = 0;

  // The tensors of layer `layer`, from 0.
  [[nodiscard]] std::span<const ParameterTensor> of_layer(std::size_t layer) const;
};

ParameterTable parameter_table(const NetworkSpec& spec);

// Whether a penalty and a decay of weights apply to a tensor.
inline bool is_penalized(const ParameterTensor& tensor, bool include_biases) {
  return tensor.penalized || (include_biases && tensor.role == ParameterRole::bias);
}

// Ranges of the penalized tensors in the flat vector, ascending.
std::vector<Range> penalized_ranges(const ParameterTable& table, bool include_biases);

// The tensor as a matrix inside a flat vector.
template <typename T>
Matrix<T> tensor_view(const ParameterTensor& tensor, std::span<T> flat) {
  return {flat.data() + tensor.offset, tensor.rows(), tensor.columns()};
}

}  // namespace lockstep
