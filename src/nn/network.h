#pragma once
// Forward and backward passes of a network over one block of rows, by the threads of a team. Pure
// computation: no communication, and no state except the caller's workspace.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/team.h"
#include "linalg/matrix.h"
#include "nn/block_grid.h"
#include "nn/dropout.h"
#include "nn/layer.h"
#include "nn/loss.h"
#include "nn/panels.h"
#include "nn/parameters.h"
#include "nn/spec.h"
#include "nn/workspace.h"

namespace lockstep {

// A part of the gradient of a tensor, which is a matrix.
template <typename T>
struct GradientTile {
  const ParameterTensor& tensor;
  Block block;
  // Computes dLoss/dparameter for the block's parameters: see tensor_gradient in nn/layer.h.
  std::function<void(const GradientSums<T>&)> add_up;
};

template <typename T>
using VisitTile = std::function<void(const GradientTile<T>&)>;

// Called with the index of a layer, whose tensors' tiles have all been visited.
using VisitLayer = std::function<void(std::size_t)>;

template <typename T>
class Network {
 public:
  explicit Network(NetworkSpec spec);

  [[nodiscard]] const NetworkSpec& spec() const { return spec_; }
  [[nodiscard]] const ParameterTable& parameter_table() const { return table_; }

  // All threads of `team` call a pass with the same arguments. `segments` are ranges of rows that
  // follow each other from row 0 on; a number of rows is one segment.

  // Forward pass for training, of the rows in workspace.input(). `examples` has the number of each
  // row's example, for dropout; without a key nothing is dropped.
  void forward(const NetworkWeights<T>& weights, Workspace<T>& workspace,
               std::span<const Range> segments, std::optional<DropoutKey> dropout,
               std::span<const std::uint32_t> examples, const Team& team) const;
  void forward(const NetworkWeights<T>& weights, Workspace<T>& workspace, std::uint64_t rows,
               std::optional<DropoutKey> dropout, std::span<const std::uint32_t> examples) const;

  // Forward pass for evaluation: no dropout, no derivatives.
  void predict(const NetworkWeights<T>& weights, Workspace<T>& workspace, std::uint64_t rows,
               const Team& team = {}) const;

  // Loss of the rows after forward or predict; labels and weights are as in evaluate_loss.
  LossSums loss(Workspace<T>& workspace, Matrix<const float> labels,
                std::span<const float> row_weights = {}) const;

  // After forward: the loss of each row, [rows], and its gradient, with which backward starts.
  void losses(Workspace<T>& workspace, Matrix<const float> labels,
              std::span<const float> row_weights, std::span<LossSums> of_rows,
              const Team& team) const;

  // Backward pass after `losses`. Calls visit(tile) for every tile of the gradient of every tensor,
  // layer by layer from last to first, on the thread that it falls to, and after_layer(layer), if
  // it is not empty, on the leading thread, while the others continue with the next layer. The
  // deltas of the layers remain in the workspace.
  void backward(const NetworkWeights<T>& weights, Workspace<T>& workspace,
                std::span<const Range> segments, const VisitTile<T>& visit, const Team& team,
                const VisitLayer& after_layer = {}) const;

  // Losses and backward pass by this thread alone. Writes the sum over the rows of dLoss/dparameter
  // into the flat `gradient`, or adds it, with `accumulate`.
  LossSums backward(const NetworkWeights<T>& weights, Workspace<T>& workspace,
                    Matrix<const float> labels, std::span<T> gradient, bool accumulate) const;

 private:
  // Facts of a layer that passes need.
  struct Layer {
    LayerNeeds needs;
    std::size_t first_tensor = 0;  // in table_.tensors
    std::size_t tensors = 0;       // of the kind, without the epilogue's bias
    // For each layer, from 0: whether this layer is the first in backward order to give it a
    // gradient, and whether it is the last.
    std::vector<bool> starts;
    std::vector<bool> completes;
  };

  static std::vector<Layer> layers_of(const NetworkSpec& spec);

  // The outputs of the layers that layer `layer` (from 0) takes.
  std::vector<Matrix<const T>> inputs_of(std::size_t layer, Workspace<T>& workspace,
                                         std::uint64_t rows) const;
  // The tensors of the kind of layer, without the epilogue's bias.
  std::vector<Matrix<const T>> tensors_of(std::size_t layer, std::span<const T> flat) const;
  // The bias of its epilogue; empty without one.
  std::span<const T> bias_of(std::size_t layer, std::span<const T> flat) const;
  // z of layer `layer`, without bias, block by block; after each then(block).
  void forward_kind(std::size_t layer, const NetworkWeights<T>& weights, Workspace<T>& workspace,
                    std::span<const Range> segments, const Team& team,
                    const std::function<void(const Block&)>& then) const;
  // The gradients that a layer gives to the layers whose outputs it takes.
  void add_input_work(std::size_t layer, const BackwardViews<T>& views, Workspace<T>& workspace,
                      std::span<const Range> segments, std::uint64_t threads,
                      std::vector<GridWork>& all) const;
  // One block of them, for layer `giver` (from 1).
  void give_gradient(std::size_t layer, std::uint32_t giver, const BackwardViews<T>& views,
                     Matrix<T> delta, const Block& block) const;
  // The gradients of a layer's tensors.
  void add_tensor_work(std::size_t layer, const BackwardViews<T>& views, const VisitTile<T>& visit,
                       std::vector<GridWork>& all) const;

  NetworkSpec spec_;
  ParameterTable table_;
  std::vector<Layer> layers_;
};

}  // namespace lockstep
