#pragma once
// Forward and backward passes of a network over one block of rows. Pure computation on the calling
// thread: no communication, and no state except the caller's workspace.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "linalg/matrix.h"
#include "nn/dropout.h"
#include "nn/loss.h"
#include "nn/parameters.h"
#include "nn/spec.h"

namespace lockstep {

// Activations and gradients of one block of at most `max_rows` rows.
template <typename T>
class Workspace {
 public:
  Workspace(const NetworkSpec& spec, std::uint64_t max_rows);
  // Bytes of such a workspace, without its one row of dropout mask.
  static std::uint64_t bytes(const NetworkSpec& spec, std::uint64_t max_rows);

  // The block's inputs [max_rows, I]; the caller fills them before forward.
  [[nodiscard]] Matrix<T> input() { return input_.view; }
  // The last layer's output [rows, O] after forward.
  [[nodiscard]] Matrix<T> logits(std::uint64_t rows) {
    return layers_.back().output.view.top(rows);
  }
  // da/dz of layer `layer` (from 0) [rows, O]; valid after forward, until backward. Empty if they
  // are all 1, because the layer has neither an activation nor dropout.
  [[nodiscard]] Matrix<const T> slopes(std::size_t layer, std::uint64_t rows) const {
    return layers_[layer].slopes.view.top(rows);
  }
  [[nodiscard]] std::uint64_t max_rows() const { return max_rows_; }
  // The output of layer `layer` (from 0; not the inputs) after forward: a, or the logits for the
  // last layer. [rows, O]
  [[nodiscard]] Matrix<const T> activations(std::size_t layer, std::uint64_t rows) const {
    return layers_[layer].output.view.top(rows);
  }
  // dLoss/dz of that layer, valid from the call of layer_done(layer) in backward on. [rows, O]
  [[nodiscard]] Matrix<const T> deltas(std::size_t layer, std::uint64_t rows) const {
    return layers_[layer].delta.view.top(rows);
  }

 private:
  template <typename U>
  friend class Network;

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
    std::vector<T> kept_of_pass;
  };

  std::uint64_t max_rows_;
  Buffer input_;
  std::vector<Layer> layers_;
  std::vector<T> mask_;  // one row of the widest layer
};

template <typename T>
class Network {
 public:
  explicit Network(NetworkSpec spec);

  [[nodiscard]] const NetworkSpec& spec() const { return spec_; }
  [[nodiscard]] const ParameterLayout& layout() const { return layout_; }

  // Forward pass for training, of the rows in workspace.input(). `examples` has the number of each
  // row's example, for dropout; without a key nothing is dropped.
  void forward(std::span<const T> weights, Workspace<T>& workspace, std::uint64_t rows,
               std::optional<DropoutKey> dropout, std::span<const std::uint32_t> examples) const;

  // Forward pass for evaluation: no dropout, no derivatives.
  void predict(std::span<const T> weights, Workspace<T>& workspace, std::uint64_t rows) const;

  // Loss of the rows after forward or predict; labels are as in evaluate_loss.
  LossSums loss(Workspace<T>& workspace, Matrix<const float> labels) const;

  // Backward pass after forward. Writes the sum over the rows of dLoss/dparameter into the flat
  // `gradient` (or adds it, with `accumulate`), layer by layer from last to first, and calls
  // layer_done(layer) after each.
  LossSums backward(std::span<const T> weights, Workspace<T>& workspace, Matrix<const float> labels,
                    std::span<T> gradient, bool accumulate,
                    const std::function<void(std::size_t)>& layer_done) const;

 private:
  // The outputs of the layers that layer `layer` (from 0) takes.
  std::vector<Matrix<const T>> inputs_of(std::size_t layer, Workspace<T>& workspace,
                                         std::uint64_t rows) const;
  // The tensors of the kind of layer, without the epilogue's bias.
  template <typename U>
  std::vector<Matrix<U>> tensors_of(std::size_t layer, std::span<U> flat) const;
  // The bias of its epilogue; empty without one.
  template <typename U>
  std::span<U> bias_of(std::size_t layer, std::span<U> flat) const;
  // z of layer `layer`, without bias.
  void forward_kind(std::size_t layer, std::span<const T> weights, Workspace<T>& workspace,
                    std::uint64_t rows) const;
  void backward_kind(std::size_t layer, std::span<const T> weights, Workspace<T>& workspace,
                     std::uint64_t rows, std::span<T> gradient, bool accumulate) const;

  NetworkSpec spec_;
  ParameterLayout layout_;
  // For each layer and each of its inputs: whether it is the first in backward order to give that
  // input's layer a gradient.
  std::vector<std::vector<bool>> is_first_;
};

}  // namespace lockstep
