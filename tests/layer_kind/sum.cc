#include "sum.h"

#include <algorithm>

#include "base/check.h"

namespace lockstep {

LayerNeeds needs(const SumSpec& /*sum*/, std::span<const Shape> inputs) {
  check(std::ranges::all_of(inputs, [&](const Shape& shape) { return shape == inputs[0]; }),
        "the terms of a sum have one shape");
  return {.output = inputs[0]};
}

template <typename T>
void forward(const SumSpec& /*sum*/, const ForwardViews<T>& views) {
  const std::span<T> output = views.output.values();
  std::ranges::fill(output, T(0));
  for (const Matrix<const T>& input : views.inputs) {
    std::ranges::transform(output, input.values(), output.begin(), std::plus<>());
  }
}

template <typename T>
void backward(const SumSpec& /*sum*/, const BackwardViews<T>& views) {
  for (const GradientView<T>& input : views.input_gradients) {
    if (!input.is_wanted()) continue;
    const std::span<T> gradient = input.values.values();
    std::ranges::transform(gradient, views.delta.values(), gradient.begin(),
                           [&](T before, T delta) { return input.beta * before + delta; });
  }
}

std::optional<LayerWidth> width_of(const SumSpec& /*sum*/) { return std::nullopt; }

std::vector<OnnxNode> onnx_nodes(const SumSpec& /*sum*/) {
  using enum OnnxValue::Of;
  return {{.op = "Add", .inputs = {{input, 0}, {input, 1}}}};
}

std::string describe(const SumSpec& /*sum*/) { return "sum"; }

template void forward(const SumSpec&, const ForwardViews<float>&);
template void forward(const SumSpec&, const ForwardViews<double>&);
template void backward(const SumSpec&, const BackwardViews<float>&);
template void backward(const SumSpec&, const BackwardViews<double>&);

}  // namespace lockstep
