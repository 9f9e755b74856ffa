#include "scale.h"

#include <algorithm>
#include <cmath>

#include "nn/leaf_sums.h"

namespace lockstep {

LayerNeeds needs(const ScaleSpec& /*scale*/, std::span<const Shape> inputs) {
  const std::uint64_t size = size_of(inputs[0]);
  return {.output = inputs[0],
          .tensors = {{.name = "log_scale",
                       .role = ParameterRole::weight,
                       .shape = inputs[0],
                       .penalized = false,
                       .initial = FilledWith{0}}},
          .multiply_adds = size};
}

template <typename T>
void forward(const ScaleSpec& /*scale*/, const ForwardViews<T>& views, const Block& output) {
  for (std::uint64_t r = output.rows.begin; r < output.rows.end; ++r) {
    std::ranges::transform(views.inputs[0].row(r), views.tensors[0].values(),
                           views.output.row(r).begin(),
                           [](T x, T log_scale) { return x * std::exp(log_scale); });
  }
}

template <typename T>
void input_gradient(const ScaleSpec& /*scale*/, const BackwardViews<T>& views,
                    std::size_t /*input*/, const Block& block, GradientView<T> gradient) {
  for (std::uint64_t r = 0; r < block.rows.size(); ++r) {
    const std::span<const T> delta = views.delta.row(block.rows.begin + r);
    for (std::uint64_t i = 0; i < delta.size(); ++i) {
      T& value = gradient.values.row(r)[i];
      value =
          (gradient.continues ? value : T(0)) + delta[i] * std::exp(views.tensors[0].values()[i]);
    }
  }
}

template <typename T>
void tensor_gradient(const ScaleSpec& /*scale*/, const BackwardViews<T>& views,
                     std::size_t /*tensor*/, const Block& /*block*/, const GradientSums<T>& sums) {
  add_up_leaves(sums, [&](Range rows, GradientView<T> gradient) {
    const std::span<T> values = gradient.values.values();
    if (!gradient.continues) std::ranges::fill(values, T(0));
    for (std::uint64_t r = rows.begin; r < rows.end; ++r) {
      for (std::uint64_t i = 0; i < values.size(); ++i) {
        values[i] += views.delta.row(r)[i] * std::exp(views.tensors[0].values()[i]) *
                     views.inputs[0].row(r)[i];
      }
    }
  });
}

std::optional<std::size_t> matrix_of(const ScaleSpec& /*scale*/) { return std::nullopt; }

std::optional<LayerWidth> width_of(const ScaleSpec& /*scale*/) { return std::nullopt; }

std::vector<OnnxNode> onnx_nodes(const ScaleSpec& /*scale*/) {
  using enum OnnxValue::Of;
  return {{.op = "Exp", .inputs = {{tensor}}}, {.op = "Mul", .inputs = {{input}, {node}}}};
}

std::string describe(const ScaleSpec& /*scale*/) { return "scale"; }

template void forward(const ScaleSpec&, const ForwardViews<float>&, const Block&);
template void input_gradient(const ScaleSpec&, const BackwardViews<float>&, std::size_t,
                             const Block&, GradientView<float>);
template void tensor_gradient(const ScaleSpec&, const BackwardViews<float>&, std::size_t,
                              const Block&, const GradientSums<float>&);
template void forward(const ScaleSpec&, const ForwardViews<double>&, const Block&);
template void input_gradient(const ScaleSpec&, const BackwardViews<double>&, std::size_t,
                             const Block&, GradientView<double>);
template void tensor_gradient(const ScaleSpec&, const BackwardViews<double>&, std::size_t,
                              const Block&, const GradientSums<double>&);

}  // namespace lockstep
