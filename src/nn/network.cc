#include "nn/network.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "linalg/gemm.h"
#include "nn/activation.h"

namespace lockstep {
namespace {

template <typename T>
void multiply_rows(Matrix<T> values, std::span<const T> factors, std::uint64_t row) {
  T* __restrict value = values.row(row).data();
  for (std::size_t i = 0; i < factors.size(); ++i) value[i] *= factors[i];
}

// delta [B, O] holds dLoss/da and becomes dLoss/dz: it is multiplied by da/dz, unless `slopes` is
// empty. bias_gradient (+)= its column sums, with rows added in order.
template <typename T>
void finish_delta(Matrix<T> delta, Matrix<const T> slopes, std::span<T> bias_gradient,
                  bool accumulate) {
  if (!accumulate) std::fill(bias_gradient.begin(), bias_gradient.end(), T(0));
  T* __restrict sum = bias_gradient.data();
  for (std::uint64_t r = 0; r < delta.rows; ++r) {
    if (slopes.rows > 0) multiply_rows<T>(delta, slopes.row(r), r);
    const T* __restrict row = delta.row(r).data();
    for (std::uint64_t o = 0; o < delta.columns; ++o) sum[o] += row[o];
  }
}

}  // namespace

template <typename T>
Workspace<T>::Buffer::Buffer(std::uint64_t rows, std::uint64_t columns)
    : values(rows * columns), view{values.data(), rows, columns} {}

template <typename T>
Workspace<T>::Workspace(const NetworkSpec& spec, std::uint64_t max_rows) : max_rows_(max_rows) {
  std::uint64_t widest = spec.inputs;
  outputs_.reserve(spec.layers.size() + 1);
  outputs_.emplace_back(max_rows, spec.inputs);
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const std::uint64_t units = spec.layers[i].outputs;
    outputs_.emplace_back(max_rows, units);
    deltas_.emplace_back(max_rows, units);
    if (i + 1 < spec.layers.size()) slopes_.emplace_back(max_rows, units);
    widest = std::max(widest, units);
  }
  mask_.resize(widest);
}

template <typename T>
std::uint64_t Workspace<T>::bytes(const NetworkSpec& spec, std::uint64_t max_rows) {
  std::uint64_t columns = spec.inputs;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    // Outputs and deltas of all layers, and slopes of all layers but the last.
    const std::uint64_t buffers = i + 1 < spec.layers.size() ? 3 : 2;
    columns += buffers * spec.layers[i].outputs;
  }
  return columns * max_rows * sizeof(T);
}

template <typename T>
Network<T>::Network(NetworkSpec spec) : spec_(std::move(spec)), layout_(parameter_layout(spec_)) {
  check(!spec_.layers.empty(), "a network has an output layer");
  check(spec_.layers.back().activation == Activation::linear, "the output layer is linear");
}

template <typename T>
void Network<T>::forward(std::span<const T> weights, Workspace<T>& workspace, std::uint64_t rows,
                         std::optional<DropoutKey> dropout,
                         std::span<const std::uint32_t> examples) const {
  check(rows <= workspace.max_rows(), "the rows fit the workspace");
  const auto mask_for = [&](DropoutRate rate, std::uint32_t layer, std::uint64_t row,
                            std::uint64_t units) {
    const std::span<T> mask = std::span(workspace.mask_).first(units);
    dropout_mask_row(rate, *dropout, layer, examples[row], mask);
    return std::span<const T>(mask);
  };

  const DropoutRate input_rate(spec_.input_keep_prob);
  if (dropout && input_rate.drops()) {
    for (std::uint64_t r = 0; r < rows; ++r) {
      multiply_rows(workspace.input(), mask_for(input_rate, 0, r, spec_.inputs), r);
    }
  }
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    const DenseSpec& layer = spec_.layers[i];
    const Matrix<T> output = workspace.outputs_[i + 1].view.top(rows);
    gemm<T>(Transpose::no, Transpose::yes, workspace.outputs_[i].view.top(rows),
            tensor_view(layout_.weight(i), weights), T(0), output);
    const std::span<const T> bias = tensor_view(layout_.bias(i), weights).values();
    if (i + 1 == spec_.layers.size()) {
      activate(Activation::linear, bias, output);
      break;
    }
    const DropoutRate rate(layer.keep_prob);
    const bool drops = dropout && rate.drops();
    for (std::uint64_t r = 0; r < rows; ++r) {
      const auto mask = drops ? mask_for(rate, static_cast<std::uint32_t>(i + 1), r, layer.outputs)
                              : std::span<const T>();
      activate_row(layer.activation, bias, mask, output.row(r), workspace.slopes_[i].view.row(r));
    }
  }
}

template <typename T>
void Network<T>::predict(std::span<const T> weights, Workspace<T>& workspace,
                         std::uint64_t rows) const {
  check(rows <= workspace.max_rows(), "the rows fit the workspace");
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    const Matrix<T> output = workspace.outputs_[i + 1].view.top(rows);
    gemm<T>(Transpose::no, Transpose::yes, workspace.outputs_[i].view.top(rows),
            tensor_view(layout_.weight(i), weights), T(0), output);
    activate(spec_.layers[i].activation, tensor_view(layout_.bias(i), weights).values(), output);
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
  const T beta = accumulate ? T(1) : T(0);
  const LossSums sums = evaluate_loss<T>(spec_.loss, workspace.logits(rows), labels,
                                         workspace.deltas_.back().view.top(rows));
  for (std::size_t i = spec_.layers.size(); i-- > 0;) {
    const Matrix<T> delta = workspace.deltas_[i].view.top(rows);  // dLoss/da, then dLoss/dz [B, O]
    const bool is_last = i + 1 == spec_.layers.size();
    finish_delta<T>(delta, is_last ? Matrix<const T>{} : workspace.slopes_[i].view.top(rows),
                    tensor_view(layout_.bias(i), gradient).values(), accumulate);
    gemm<T>(Transpose::yes, Transpose::no, delta, workspace.outputs_[i].view.top(rows), beta,
            tensor_view(layout_.weight(i), gradient));
    if (i > 0) {
      gemm<T>(Transpose::no, Transpose::no, delta, tensor_view(layout_.weight(i), weights), T(0),
              workspace.deltas_[i - 1].view.top(rows));
    }
    layer_done(i);
  }
  return sums;
}

template class Workspace<float>;
template class Workspace<double>;
template class Network<float>;
template class Network<double>;

}  // namespace lockstep
