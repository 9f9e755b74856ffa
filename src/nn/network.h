#pragma once
// Forward and backward passes of a network of dense layers over one block of rows. Pure
// computation on the calling thread: no communication, and no state except the caller's workspace.

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
  [[nodiscard]] Matrix<T> input() { return outputs_.front().view; }
  // The last layer's output [rows, O] after forward.
  [[nodiscard]] Matrix<T> logits(std::uint64_t rows) { return outputs_.back().view.top(rows); }
  // da/dz of hidden layer `layer` (from 0) [rows, units]; valid after forward, until backward.
  [[nodiscard]] Matrix<const T> slopes(std::size_t layer, std::uint64_t rows) const {
    return slopes_[layer].view.top(rows);
  }
  [[nodiscard]] std::uint64_t max_rows() const { return max_rows_; }
  // The output of layer `layer` (from 0; not the inputs) after forward: a, or the logits for the
  // last layer. [rows, O]
  [[nodiscard]] Matrix<const T> activations(std::size_t layer, std::uint64_t rows) const {
    return outputs_[layer + 1].view.top(rows);
  }
  // dLoss/dz of that layer, valid from the call of layer_done(layer) in backward on. [rows, O]
  [[nodiscard]] Matrix<const T> deltas(std::size_t layer, std::uint64_t rows) const {
    return deltas_[layer].view.top(rows);
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

  std::uint64_t max_rows_;
  std::vector<Buffer> outputs_;  // [layer 0 = input ... L]: [max_rows, units]
  std::vector<Buffer> slopes_;   // da/dz of hidden layers 1 ... L-1
  std::vector<Buffer> deltas_;   // dLoss/da, then dLoss/dz, of layers 1 ... L
  std::vector<T> mask_;          // one row of the widest layer
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
  NetworkSpec spec_;
  ParameterLayout layout_;
};

}  // namespace lockstep
