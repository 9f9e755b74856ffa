#pragma once
// Activations and gradients of one block of rows on its way through a network.

#include <cstdint>
#include <vector>

#include "linalg/matrix.h"
#include "nn/operand_pairs.h"
#include "nn/spec.h"

namespace lockstep {

template <typename T>
class Network;

template <typename T>
class Workspace {
 public:
  Workspace(const NetworkSpec& spec, std::uint64_t max_rows);
  static std::uint64_t bytes(const NetworkSpec& spec, std::uint64_t max_rows);

  // The block's inputs [max_rows, I]; the caller fills them before forward.
  [[nodiscard]] Matrix<T> input() { return input_.view; }
  // The last layer's output [rows, O] after forward.
  [[nodiscard]] Matrix<T> logits(std::uint64_t rows) {
    return layers_.back().output.view.top(rows);
  }
  // da/dz of layer `layer` (from 0) [rows, O]; valid after forward. Empty if they are all 1,
  // because the layer has neither an activation nor dropout.
  [[nodiscard]] Matrix<const T> slopes(std::size_t layer, std::uint64_t rows) const {
    return layers_[layer].slopes.view.top(rows);
  }
  [[nodiscard]] std::uint64_t max_rows() const { return max_rows_; }
  // The output of layer `layer` (from 0; not the inputs) after forward: a, or the logits for the
  // last layer. [rows, O]
  [[nodiscard]] Matrix<const T> activations(std::size_t layer, std::uint64_t rows) const {
    return layers_[layer].output.view.top(rows);
  }
  // dLoss/dz of that layer, valid after backward. [rows, O]
  [[nodiscard]] Matrix<const T> deltas(std::size_t layer, std::uint64_t rows) const {
    return layers_[layer].delta.view.top(rows);
  }

 private:
  friend class Network<T>;

  struct Buffer {
    Buffer(std::uint64_t rows, std::uint64_t columns);
    Buffer(Buffer&&) noexcept = default;  // the view of a copy would point to the original
    std::vector<T> values;
    Matrix<T> view;
  };

  struct Layer {
    Buffer output;
    Buffer slopes;        // da/dz; no columns if they are all 1
    Buffer delta;         // dLoss/da, then dLoss/dz
    Buffer kept_of_rows;  // what the kind of layer keeps for backward
  };

  std::uint64_t max_rows_;
  Buffer input_;
  std::vector<Layer> layers_;
  OperandPairs pairs_;  // of the layer that is computed
};

}  // namespace lockstep
