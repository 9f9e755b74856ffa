#include "scale.h"

#include <algorithm>
#include <cmath>

namespace lockstep {

LayerNeeds needs(const ScaleSpec& /*scale*/, std::span<const Shape> inputs) {
  const std::uint64_t size = size_of(inputs[0]);
  return {.output = inputs[0],
          .tensors = {{.name = "log_scale",
                       .role = ParameterRole::weight,
                       .shape = inputs[0],
                       .penalised = false,
                       .initial = FilledWith{0}}},
          .kept_per_pass = size,
          .multiply_adds = size};
}

template <typename T>
void forward(const ScaleSpec& /*scale*/, const ForwardViews<T>& views) {
  std::ranges::transform(views.tensors[0].values(), views.kept_of_pass.begin(),
                         [](T log_scale) { return std::exp(log_scale); });
  for (std::uint64_t r = 0; r < views.output.rows; ++r) {
    std::ranges::transform(views.inputs[0].row(r), views.kept_of_pass, views.output.row(r).begin(),
                           std::multiplies<>());
  }
}

template <typename T>
void backward(const ScaleSpec& /*scale*/, const BackwardViews<T>& views) {
  const GradientView<T>& tensor = views.tensor_gradients[0];
  const GradientView<T>& input = views.input_gradients[0];
  const std::span<T> sums = tensor.values.values();
  for (T& sum : sums) sum *= tensor.beta;
  for (std::uint64_t r = 0; r < views.delta.rows; ++r) {
    for (std::uint64_t i = 0; i < views.delta.columns; ++i) {
      const T slope = views.delta.row(r)[i] * views.kept_of_pass[i];
      sums[i] += slope * views.inputs[0].row(r)[i];
      if (!input.is_wanted()) continue;
      T& gradient = input.values.row(r)[i];
      gradient = input.beta * gradient + slope;
    }
  }
}

std::optional<LayerWidth> width_of(const ScaleSpec& /*scale*/) { return std::nullopt; }

std::vector<OnnxNode> onnx_nodes(const ScaleSpec& /*scale*/) {
  using enum OnnxValue::Of;
  return {{.op = "Exp", .inputs = {{tensor}}}, {.op = "Mul", .inputs = {{input}, {node}}}};
}

std::string describe(const ScaleSpec& /*scale*/) { return "scale"; }

template void forward(const ScaleSpec&, const ForwardViews<float>&);
template void forward(const ScaleSpec&, const ForwardViews<double>&);
template void backward(const ScaleSpec&, const BackwardViews<float>&);
template void backward(const ScaleSpec&, const BackwardViews<double>&);

}  // namespace lockstep
