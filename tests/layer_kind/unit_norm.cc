#include "unit_norm.h"

#include <cmath>
#include <numeric>

namespace lockstep {
namespace {

template <typename T>
T dot(std::span<const T> a, std::span<const T> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), T(0));
}

}  // namespace

LayerNeeds needs(const UnitNormSpec& /*norm*/, std::span<const Shape> inputs) {
  return {.output = inputs[0], .kept_per_row = 1, .multiply_adds = size_of(inputs[0])};
}

template <typename T>
void forward(const UnitNormSpec& /*norm*/, const ForwardViews<T>& views) {
  for (std::uint64_t r = 0; r < views.output.rows; ++r) {
    const std::span<const T> x = views.inputs[0].row(r);
    T& norm = views.kept_of_rows.row(r)[0];
    norm = std::sqrt(dot(x, x));
    for (std::size_t i = 0; i < x.size(); ++i) views.output.row(r)[i] = x[i] / norm;
  }
}

// With y = x / |x|: dx = (dy - y (y . dy)) / |x|.
template <typename T>
void backward(const UnitNormSpec& /*norm*/, const BackwardViews<T>& views) {
  const GradientView<T>& input = views.input_gradients[0];
  if (!input.is_wanted()) return;
  for (std::uint64_t r = 0; r < views.delta.rows; ++r) {
    const std::span<const T> x = views.inputs[0].row(r);
    const std::span<const T> delta = views.delta.row(r);
    const T norm = views.kept_of_rows.row(r)[0];
    const T along = dot(x, delta) / (norm * norm);
    for (std::size_t i = 0; i < x.size(); ++i) {
      T& gradient = input.values.row(r)[i];
      gradient = input.beta * gradient + (delta[i] - along * x[i]) / norm;
    }
  }
}

std::optional<LayerWidth> width_of(const UnitNormSpec& /*norm*/) { return std::nullopt; }

std::vector<OnnxNode> onnx_nodes(const UnitNormSpec& /*norm*/) {
  using enum OnnxValue::Of;
  return {{.op = "LpNormalization",
           .inputs = {{input}},
           .attributes = {{"axis", std::int64_t{1}}, {"p", std::int64_t{2}}}}};
}

std::string describe(const UnitNormSpec& /*norm*/) { return "unit_norm"; }

template void forward(const UnitNormSpec&, const ForwardViews<float>&);
template void forward(const UnitNormSpec&, const ForwardViews<double>&);
template void backward(const UnitNormSpec&, const BackwardViews<float>&);
template void backward(const UnitNormSpec&, const BackwardViews<double>&);

}  // namespace lockstep
