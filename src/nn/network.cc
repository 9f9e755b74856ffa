#include "nn/network.h"

#include <algorithm>
#include <functional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"
#include "nn/block_grid.h"
#include "nn/epilogue.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

std::uint64_t rows_of(std::span<const Range> segments) {
  return segments.empty() ? 0 : segments.back().end;
}

}  // namespace

template <typename T>
std::vector<typename Network<T>::Layer> Network<T>::layers_of(const NetworkSpec& spec) {
  std::vector<Layer> layers;
  std::size_t tensor = 0;
  for (LayerNeeds& needs : needs_of(spec)) {
    const std::size_t all = needs.tensors.size();
    const bool has_bias = spec.layers[layers.size()].epilogue.bias;
    layers.push_back({.needs = std::move(needs),
                      .first_tensor = tensor,
                      .tensors = has_bias ? all - 1 : all,
                      .starts = {},
                      .completes = {}});
    tensor += all;
  }
  // From the last layer to the first: the first that gives a layer a gradient starts it.
  std::vector<bool> has_gradient(layers.size() + 1);
  for (std::size_t i = layers.size(); i-- > 0;) {
    check(i + 1 == layers.size() || has_gradient[i + 1], "every layer leads to the output");
    layers[i].starts.resize(layers.size());
    for (const std::uint32_t input : spec.layers[i].inputs) {
      if (input > 0) layers[i].starts[input - 1] = !has_gradient[input];
    }
    for (const std::uint32_t input : spec.layers[i].inputs) has_gradient[input] = true;
  }
  std::vector<bool> is_complete(layers.size() + 1);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers[i].completes.resize(layers.size());
    for (const std::uint32_t input : spec.layers[i].inputs) {
      if (input > 0) layers[i].completes[input - 1] = !is_complete[input];
    }
    for (const std::uint32_t input : spec.layers[i].inputs) is_complete[input] = true;
  }
  return layers;
}

template <typename T>
Network<T>::Network(NetworkSpec spec)
    : spec_(std::move(spec)), table_(lockstep::parameter_table(spec_)), layers_(layers_of(spec_)) {
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
std::vector<Matrix<const T>> Network<T>::tensors_of(std::size_t layer,
                                                    std::span<const T> flat) const {
  std::vector<Matrix<const T>> tensors;
  for (std::size_t t = 0; t < layers_[layer].tensors; ++t) {
    tensors.push_back(tensor_view(table_.tensors[layers_[layer].first_tensor + t], flat));
  }
  return tensors;
}

template <typename T>
std::span<const T> Network<T>::bias_of(std::size_t layer, std::span<const T> flat) const {
  if (!spec_.layers[layer].epilogue.bias) return {};
  return tensor_view(table_.of_layer(layer).back(), flat).values();
}

template <typename T>
void Network<T>::forward_kind(std::size_t layer, const NetworkWeights<T>& weights,
                              Workspace<T>& workspace, std::span<const Range> segments,
                              const Team& team,
                              const std::function<void(const Block&)>& then) const {
  const std::uint64_t rows = rows_of(segments);
  check(rows <= workspace.max_rows(), "the rows fit the workspace");
  auto& buffers = workspace.layers_[layer];
  const auto inputs = inputs_of(layer, workspace, rows);
  const auto tensors = tensors_of(layer, weights.flat);
  std::vector<TensorPanels<T>> panels(tensors.size());
  for (std::size_t t = 0; t < tensors.size() && weights.panels != nullptr; ++t) {
    panels[t] = weights.panels->of_tensor(layers_[layer].first_tensor + t);
  }
  std::vector<Matrix<const Pair>> input_pairs;
  if constexpr (std::is_same_v<T, float>) {
    if (spec_.precision == Precision::bfloat16) {
      input_pairs = workspace.pairs_.inputs_by_columns(inputs, team);
      team.wait();
    }
  }
  const ForwardViews<T> views{.inputs = inputs,
                              .tensors = tensors,
                              .panels = panels,
                              .output = buffers.output.view.top(rows),
                              .kept_of_rows = buffers.kept_of_rows.view.top(rows),
                              .input_pairs = input_pairs};
  const BlockGrid grid =
      output_grid<T>(segments, views.output.columns, layers_[layer].needs.divides_columns,
                     team.size(), kForwardRows);
  const GridWork work{grid, [&](const Block& block) {
                        std::visit(
                            [&](const auto& kind) { lockstep::forward<T>(kind, views, block); },
                            spec_.layers[layer].kind);
                        then(block);
                      }};
  share({&work, 1}, team);
}

template <typename T>
void Network<T>::forward(const NetworkWeights<T>& weights, Workspace<T>& workspace,
                         std::span<const Range> segments, std::optional<DropoutKey> dropout,
                         std::span<const std::uint32_t> examples, const Team& team) const {
  const std::uint64_t rows = rows_of(segments);
  const DropoutMasks<T> input_masks(spec_.input_keep_prob, dropout, 0, examples);
  if (input_masks.drop()) {
    std::vector<T> mask(workspace.input().columns);
    const Range mine = team.part(rows);
    for (std::uint64_t r = mine.begin; r < mine.end; ++r) {
      const std::span<T> input = workspace.input().row(r);
      input_masks.fill({r, r + 1}, {0, input.size()}, {mask.data(), 1, mask.size()});
      std::ranges::transform(input, mask, input.begin(), std::multiplies<>());
    }
    team.wait();
  }
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    const EpilogueSpec& epilogue = spec_.layers[i].epilogue;
    const DropoutMasks<T> masks(epilogue.keep_prob, dropout, static_cast<std::uint32_t>(i + 1),
                                examples);
    const std::span<const T> bias = bias_of(i, weights.flat);
    auto& buffers = workspace.layers_[i];
    forward_kind(i, weights, workspace, segments, team, [&](const Block& block) {
      epilogue_forward(epilogue, bias, masks, buffers.output.view, buffers.slopes.view, block);
    });
    team.wait();
  }
}

template <typename T>
void Network<T>::forward(const NetworkWeights<T>& weights, Workspace<T>& workspace,
                         std::uint64_t rows, std::optional<DropoutKey> dropout,
                         std::span<const std::uint32_t> examples) const {
  const Range all{0, rows};
  forward(weights, workspace, {&all, 1}, dropout, examples, Team());
}

template <typename T>
void Network<T>::predict(const NetworkWeights<T>& weights, Workspace<T>& workspace,
                         std::uint64_t rows, const Team& team) const {
  const Range all{0, rows};
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    const std::span<const T> bias = bias_of(i, weights.flat);
    forward_kind(i, weights, workspace, {&all, 1}, team, [&](const Block& block) {
      epilogue_predict(spec_.layers[i].epilogue, bias, workspace.layers_[i].output.view, block);
    });
    team.wait();
  }
}

template <typename T>
LossSums Network<T>::loss(Workspace<T>& workspace, Matrix<const float> labels,
                          std::span<const float> row_weights) const {
  return evaluate_loss<T>(spec_, workspace.logits(labels.rows), labels, {}, row_weights);
}

template <typename T>
void Network<T>::losses(Workspace<T>& workspace, Matrix<const float> labels,
                        std::span<const float> row_weights, std::span<LossSums> of_rows,
                        const Team& team) const {
  const Matrix<T> logits = workspace.logits(labels.rows);
  const Matrix<T> delta = workspace.layers_.back().delta.view;
  const Range mine = team.part(labels.rows);
  for (std::uint64_t r = mine.begin; r < mine.end; ++r) {
    const Range row{r, r + 1};
    of_rows[r] =
        evaluate_loss<T>(spec_, logits.some_rows(row), labels.some_rows(row), delta.some_rows(row),
                         row_weights.empty() ? row_weights : row_weights.subspan(r, 1));
  }
  team.wait();
}

template <typename T>
void Network<T>::add_input_work(std::size_t layer, const BackwardViews<T>& views,
                                Workspace<T>& workspace, std::span<const Range> segments,
                                std::uint64_t threads, std::vector<GridWork>& all) const {
  const std::vector<std::uint32_t>& inputs = spec_.layers[layer].inputs;
  for (std::size_t first = 0; first < inputs.size(); ++first) {
    const std::uint32_t giver = inputs[first];
    const auto found = std::ranges::find(inputs, giver);
    // The same input twice: one block gets both gradients, one after the other.
    if (giver == 0 || found != inputs.begin() + static_cast<std::ptrdiff_t>(first)) continue;
    auto& buffers = workspace.layers_[giver - 1];
    const BlockGrid grid =
        output_grid<T>(segments, buffers.delta.view.columns, layers_[layer].needs.divides_columns,
                       threads, kBackwardRows);
    all.push_back({grid, [this, layer, giver, &views, &buffers](const Block& block) {
                     give_gradient(layer, giver, views, buffers.delta.view, block);
                     if (!layers_[layer].completes[giver - 1]) return;
                     epilogue_backward<T>(spec_.layers[giver - 1].epilogue, buffers.slopes.view,
                                          buffers.delta.view, block);
                   }});
  }
}

template <typename T>
void Network<T>::give_gradient(std::size_t layer, std::uint32_t giver,
                               const BackwardViews<T>& views, Matrix<T> delta,
                               const Block& block) const {
  bool continues = !layers_[layer].starts[giver - 1];
  for (std::size_t k = 0; k < spec_.layers[layer].inputs.size(); ++k) {
    if (spec_.layers[layer].inputs[k] != giver) continue;
    std::visit(
        [&](const auto& kind) {
          input_gradient<T>(kind, views, k, block, {delta.block(block), continues});
        },
        spec_.layers[layer].kind);
    continues = true;
  }
}

template <typename T>
void Network<T>::add_tensor_work(std::size_t layer, const BackwardViews<T>& views,
                                 const VisitTile<T>& visit, std::vector<GridWork>& all) const {
  const Layer& facts = layers_[layer];
  const auto tensors = table_.of_layer(layer);
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    const ParameterTensor& tensor = tensors[t];
    const bool is_bias = t >= facts.tensors;
    const BlockGrid grid =
        tensor_grid<T>(tensor.rows(), tensor.columns(), is_bias || facts.needs.divides_columns);
    all.push_back(
        {grid, [this, layer, t, is_bias, &tensor, &views, &visit](const Block& block) {
           visit({tensor, block, [&](const GradientSums<T>& sums) {
                    if (is_bias) {
                      return bias_gradient<T>(views.delta, tensor.rows(), block, sums);
                    }
                    std::visit(
                        [&](const auto& kind) { tensor_gradient<T>(kind, views, t, block, sums); },
                        spec_.layers[layer].kind);
                  }});
         }});
  }
}

template <typename T>
void Network<T>::backward(const NetworkWeights<T>& weights, Workspace<T>& workspace,
                          std::span<const Range> segments, const VisitTile<T>& visit,
                          const Team& team, const VisitLayer& after_layer) const {
  const std::uint64_t rows = rows_of(segments);
  for (std::size_t i = spec_.layers.size(); i-- > 0;) {
    auto& buffers = workspace.layers_[i];
    const auto inputs = inputs_of(i, workspace, rows);
    const auto tensors = tensors_of(i, weights.flat);
    BackwardViews<T> views{.inputs = inputs,
                           .tensors = tensors,
                           .kept_of_rows = buffers.kept_of_rows.view.top(rows),
                           .delta = buffers.delta.view.top(rows)};
    std::vector<Matrix<const Pair>> input_pairs;
    if constexpr (std::is_same_v<T, float>) {
      if (spec_.precision == Precision::bfloat16) {
        input_pairs = workspace.pairs_.inputs_by_rows(inputs, segments, team);
        views.input_pairs = input_pairs;
        views.delta_pairs_of_columns = workspace.pairs_.delta_by_columns(views.delta, team);
        views.delta_pairs_of_rows = workspace.pairs_.delta_by_rows(views.delta, segments, team);
        team.wait();
      }
    }
    std::vector<GridWork> all;
    add_input_work(i, views, workspace, segments, team.size(), all);
    add_tensor_work(i, views, visit, all);
    share(all, team);
    team.wait();
    if (after_layer && team.leads()) after_layer(i);
  }
}

template <typename T>
LossSums Network<T>::backward(const NetworkWeights<T>& weights, Workspace<T>& workspace,
                              Matrix<const float> labels, std::span<T> gradient,
                              bool accumulate) const {
  std::vector<LossSums> of_rows(labels.rows);
  losses(workspace, labels, {}, of_rows, Team());
  const Range all{0, labels.rows};
  const auto write = [&](const GradientTile<T>& tile) {
    const LeafRows leaf{all, 0, accumulate};
    const Matrix<T> sum = tensor_view(tile.tensor, gradient).block(tile.block);
    tile.add_up({{&leaf, 1}, accumulate ? 1U : 0U, {&sum, 1}});
  };
  backward(weights, workspace, {&all, 1}, write, Team());
  LossSums sums;
  for (const LossSums& row : of_rows) sums += row;
  return sums;
}

template class Network<float>;
template class Network<double>;

}  // namespace lockstep
