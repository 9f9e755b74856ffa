#include "nn/dense.h"

#include "base/check.h"
#include "linalg/gemm.h"

namespace lockstep {

LayerNeeds needs(const DenseSpec& dense, std::span<const Shape> inputs) {
  check(inputs.size() == 1, "a dense layer has one input");
  const std::uint64_t values = size_of(inputs[0]);
  return {.output = {dense.units},
          .tensors = {{.name = "weight",
                       .role = ParameterRole::weight,
                       .shape = {dense.units, values},
                       .penalised = true,
                       .initial = DrawnWith{dense.initializer, values, dense.units}}},
          .multiply_adds = values * dense.units};
}

template <typename T>
void forward(const DenseSpec& /*dense*/, const ForwardViews<T>& views) {
  gemm<T>(Transpose::no, Transpose::yes, views.inputs[0], views.tensors[0], false, views.output);
}

template <typename T>
void backward(const DenseSpec& /*dense*/, const BackwardViews<T>& views) {
  const GradientView<T>& weights = views.tensor_gradients[0];
  gemm<T>(Transpose::yes, Transpose::no, views.delta, views.inputs[0], weights.beta != T(0),
          weights.values);
  const GradientView<T>& input = views.input_gradients[0];
  if (!input.is_wanted()) return;
  gemm<T>(Transpose::no, Transpose::no, views.delta, views.tensors[0], input.beta != T(0),
          input.values);
}

std::optional<LayerWidth> width_of(const DenseSpec& dense) {
  return LayerWidth{dense.units, "units"};
}

std::vector<OnnxNode> onnx_nodes(const DenseSpec& /*dense*/) {
  using enum OnnxValue::Of;
  // All attributes are written, because readers differ in their defaults.
  return {{.op = "Gemm",
           .inputs = {{input}, {tensor}, {bias}},
           .attributes = {{"alpha", 1.0F},
                          {"beta", 1.0F},
                          {"transA", std::int64_t{0}},
                          {"transB", std::int64_t{1}}}}};
}

std::string describe(const DenseSpec& dense) { return std::to_string(dense.units); }

template void forward(const DenseSpec&, const ForwardViews<float>&);
template void forward(const DenseSpec&, const ForwardViews<double>&);
template void backward(const DenseSpec&, const BackwardViews<float>&);
template void backward(const DenseSpec&, const BackwardViews<double>&);

}  // namespace lockstep
