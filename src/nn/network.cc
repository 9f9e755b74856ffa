#include "nn/network.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <variant>

#include "base/check.h"
#include "nn/epilogue.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

// Columns of a layer's buffers.
struct LayerColumns {
  std::uint64_t output;
  std::uint64_t slopes;
  std::uint64_t delta;
  std::uint64_t kept_of_rows;
};

LayerColumns columns_of(const LayerSpec& layer, const LayerNeeds& needs) {
  const std::uint64_t size = size_of(needs.output);
  return {size, keeps_slopes(layer.epilogue) ? size : 0, size, needs.kept_per_row};
}

// See Network::is_first_. Every layer but the last must be an input of a later one.
std::vector<std::vector<bool>> first_consumers(const std::vector<LayerSpec>& layers) {
  std::vector<std::vector<bool>> is_first(layers.size());
  std::vector<bool> has_gradient(layers.size() + 1);
  for (std::size_t i = layers.size(); i-- > 0;) {
    check(i + 1 == layers.size() || has_gradient[i + 1], "every layer leads to the output");
    for (const std::uint32_t input : layers[i].inputs) {
      is_first[i].push_back(!has_gradient[input]);
      has_gradient[input] = true;
    }
  }
  return is_first;
}

}  // namespace

template <typename T>
Workspace<T>::Buffer::Buffer(std::uint64_t rows, std::uint64_t columns)
    : values(rows * columns), view{values.data(), rows, columns} {}

template <typename T>
Workspace<T>::Workspace(const NetworkSpec& spec, std::uint64_t max_rows)
    : max_rows_(max_rows), input_(max_rows, size_of(spec.input)) {
  const std::vector<LayerNeeds> needs = needs_of(spec);
  std::uint64_t widest = input_.view.columns;
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const LayerColumns columns = columns_of(spec.layers[i], needs[i]);
    layers_.push_back({.output = {max_rows, columns.output},
                       .slopes = {max_rows, columns.slopes},
                       .delta = {max_rows, columns.delta},
                       .kept_of_rows = {max_rows, columns.kept_of_rows},
                       .kept_of_pass = std::vector<T>(needs[i].kept_per_pass)});
    widest = std::max(widest, columns.output);
  }
  mask_.resize(widest);
}

template <typename T>
std::uint64_t Workspace<T>::bytes(const NetworkSpec& spec, std::uint64_t max_rows) {
  const std::vector<LayerNeeds> needs = needs_of(spec);
  std::uint64_t columns = size_of(spec.input);
  std::uint64_t kept_of_passes = 0;
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const auto [output, slopes, delta, kept_of_rows] = columns_of(spec.layers[i], needs[i]);
    columns += output + slopes + delta + kept_of_rows;
    kept_of_passes += needs[i].kept_per_pass;
  }
  return (columns * max_rows + kept_of_passes) * sizeof(T);
}

template <typename T>
Network<T>::Network(NetworkSpec spec)
    : spec_(std::move(spec)),
      layout_(parameter_layout(spec_)),
      is_first_(first_consumers(spec_.layers)) {
  check(!spec_.layers.empty(), "a network has an output layer");
  check(!keeps_slopes(spec_.layers.back().epilogue), "the output layer is linear");
}

template <typename T>
std::vector<Matrix<const T>> Network<T>::inputs_of(std::size_t layer, Workspace<T>& workspace,
                                                   std::uint64_t rows) const {
  std::vector<Matrix<const T>> inputs;
  for (const std::uint32_t input : spec_.layers[layer].inputs) {
    const auto& buffer = input == 0 ? workspace.input_ : workspace.layers_[input - 1].output;
    inputs.push_back(buffer.view.top(rows));
  }
  return inputs;
}

template <typename T>
template <typename U>
std::vector<Matrix<U>> Network<T>::tensors_of(std::size_t layer, std::span<U> flat) const {
  std::vector<Matrix<U>> tensors;
  for (const ParameterTensor& tensor : layout_.of_layer(layer)) {
    tensors.push_back(tensor_view(tensor, flat));
  }
  if (spec_.layers[layer].epilogue.bias) tensors.pop_back();
  return tensors;
}

template <typename T>
template <typename U>
std::span<U> Network<T>::bias_of(std::size_t layer, std::span<U> flat) const {
  if (!spec_.layers[layer].epilogue.bias) return {};
  return tensor_view(layout_.of_layer(layer).back(), flat).values();
}

template <typename T>
void Network<T>::forward_kind(std::size_t layer, std::span<const T> weights,
                              Workspace<T>& workspace, std::uint64_t rows) const {
  auto& buffers = workspace.layers_[layer];
  const auto inputs = inputs_of(layer, workspace, rows);
  const auto tensors = tensors_of(layer, weights);
  const ForwardViews<T> views{.inputs = inputs,
                              .tensors = tensors,
                              .output = buffers.output.view.top(rows),
                              .kept_of_rows = buffers.kept_of_rows.view.top(rows),
                              .kept_of_pass = buffers.kept_of_pass};
  std::visit([&](const auto& kind) { lockstep::forward<T>(kind, views); },
             spec_.layers[layer].kind);
}

template <typename T>
void Network<T>::backward_kind(std::size_t layer, std::span<const T> weights,
                               Workspace<T>& workspace, std::uint64_t rows, std::span<T> gradient,
                               bool accumulate) const {
  auto& buffers = workspace.layers_[layer];
  const auto inputs = inputs_of(layer, workspace, rows);
  const auto tensors = tensors_of(layer, weights);
  std::vector<GradientView<T>> input_gradients;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    GradientView<T>& view = input_gradients.emplace_back();
    const std::uint32_t input = spec_.layers[layer].inputs[i];
    if (input == 0) continue;
    view = {workspace.layers_[input - 1].delta.view.top(rows), is_first_[layer][i] ? T(0) : T(1)};
  }
  std::vector<GradientView<T>> tensor_gradients;
  for (const Matrix<T>& tensor : tensors_of(layer, gradient)) {
    tensor_gradients.push_back({tensor, accumulate ? T(1) : T(0)});
  }
  const BackwardViews<T> views{.inputs = inputs,
                               .tensors = tensors,
                               .kept_of_rows = buffers.kept_of_rows.view.top(rows),
                               .kept_of_pass = buffers.kept_of_pass,
                               .delta = buffers.delta.view.top(rows),
                               .input_gradients = input_gradients,
                               .tensor_gradients = tensor_gradients};
  std::visit([&](const auto& kind) { lockstep::backward<T>(kind, views); },
             spec_.layers[layer].kind);
}

template <typename T>
void Network<T>::forward(std::span<const T> weights, Workspace<T>& workspace, std::uint64_t rows,
                         std::optional<DropoutKey> dropout,
                         std::span<const std::uint32_t> examples) const {
  check(rows <= workspace.max_rows(), "the rows fit the workspace");
  LayerMasks<T> input_masks(spec_.input_keep_prob, dropout, 0, examples, workspace.mask_);
  if (input_masks.drop()) {
    for (std::uint64_t r = 0; r < rows; ++r) {
      const std::span<T> input = workspace.input().row(r);
      std::ranges::transform(input, input_masks.row(r, input.size()), input.begin(),
                             std::multiplies<>());
    }
  }
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    const EpilogueSpec& epilogue = spec_.layers[i].epilogue;
    forward_kind(i, weights, workspace, rows);
    const LayerMasks<T> masks(epilogue.keep_prob, dropout, static_cast<std::uint32_t>(i + 1),
                              examples, workspace.mask_);
    epilogue_forward(epilogue, bias_of(i, weights), masks,
                     workspace.layers_[i].output.view.top(rows),
                     workspace.layers_[i].slopes.view.top(rows));
  }
}

template <typename T>
void Network<T>::predict(std::span<const T> weights, Workspace<T>& workspace,
                         std::uint64_t rows) const {
  check(rows <= workspace.max_rows(), "the rows fit the workspace");
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    forward_kind(i, weights, workspace, rows);
    epilogue_predict(spec_.layers[i].epilogue, bias_of(i, weights),
                     workspace.layers_[i].output.view.top(rows));
  }
}

template <typename T>
LossSums Network<T>::loss(Workspace<T>& workspace, Matrix<const float> labels) const {
  return evaluate_loss<T>(spec_.loss, workspace.logits(labels.rows), labels, {});
}

template <typename T>
LossSums Network<T>::backward(std::span<const T> weights, Workspace<T>& workspace,
                              Matrix<const float> labels, std::span<T> gradient, bool accumulate,
                              const std::function<void(std::size_t)>& layer_done) const {
  const std::uint64_t rows = labels.rows;
  const LossSums sums = evaluate_loss<T>(spec_.loss, workspace.logits(rows), labels,
                                         workspace.layers_.back().delta.view.top(rows));
  for (std::size_t i = spec_.layers.size(); i-- > 0;) {
    epilogue_backward<T>(spec_.layers[i].epilogue, workspace.slopes(i, rows),
                         workspace.layers_[i].delta.view.top(rows), bias_of(i, gradient),
                         accumulate);
    backward_kind(i, weights, workspace, rows, gradient, accumulate);
    layer_done(i);
  }
  return sums;
}

template class Workspace<float>;
template class Workspace<double>;
template class Network<float>;
template class Network<double>;

}  // namespace lockstep
