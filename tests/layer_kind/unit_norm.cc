#include "unit_norm.h"

#include <cmath>
#include <numeric>

#include "base/check.h"

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
void forward(const UnitNormSpec& /*norm*/, const ForwardViews<T>& views, const Block& output) {
  for (std::uint64_t r = output.rows.begin; r < output.rows.end; ++r) {
    const std::span<const T> x = views.inputs[0].row(r);
    T& norm = views.kept_of_rows.row(r)[0];
    norm = std::sqrt(dot(x, x));
    for (std::size_t i = 0; i < x.size(); ++i) views.output.row(r)[i] = x[i] / norm;
  }
}

// With y = x / |x|: dx = (dy - y (y . dy)) / |x|.
template <typename T>
void input_gradient(const UnitNormSpec& /*norm*/, const BackwardViews<T>& views,
                    std::size_t /*input*/, const Block& block, GradientView<T> gradient) {
  for (std::uint64_t r = 0; r < block.rows.size(); ++r) {
    const std::span<const T> x = views.inputs[0].row(block.rows.begin + r);
    const std::span<const T> delta = views.delta.row(block.rows.begin + r);
    const T norm = views.kept_of_rows.row(block.rows.begin + r)[0];
    const T along = dot(x, delta) / (norm * norm);
    for (std::size_t i = 0; i < x.size(); ++i) {
      T& value = gradient.values.row(r)[i];
      value = (gradient.continues ? value : T(0)) + (delta[i] - along * x[i]) / norm;
    }
  }
}

template <typename T>
void tensor_gradient(const UnitNormSpec& /*norm*/, const BackwardViews<T>& /*views*/,
                     std::size_t /*tensor*/, const Block& /*block*/,
                     const GradientSums<T>& /*sums*/) {
  check(false, "the kind has no tensor");
}

std::optional<std::size_t> matrix_of(const UnitNormSpec& /*norm*/) { return std::nullopt; }

std::optional<LayerWidth> width_of(const UnitNormSpec& /*norm*/) { return std::nullopt; }

std::vector<OnnxNode> onnx_nodes(const UnitNormSpec& /*norm*/) {
  using enum OnnxValue::Of;
  return {{.op = "LpNormalization",
           .inputs = {{input}},
           .attributes = {{"axis", std::int64_t{1}}, {"p", std::int64_t{2}}}}};
}

std::string describe(const UnitNormSpec& /*norm*/) { return "unit_norm"; }

template void forward(const UnitNormSpec&, const ForwardViews<float>&, const Block&);
template void input_gradient(const UnitNormSpec&, const BackwardViews<float>&, std::size_t,
                             const Block&, GradientView<float>);
template void tensor_gradient(const UnitNormSpec&, const BackwardViews<float>&, std::size_t,
                              const Block&, const GradientSums<float>&);
template void forward(const UnitNormSpec&, const ForwardViews<double>&, const Block&);
template void input_gradient(const UnitNormSpec&, const BackwardViews<double>&, std::size_t,
                             const Block&, GradientView<double>);
template void tensor_gradient(const UnitNormSpec&, const BackwardViews<double>&, std::size_t,
                              const Block&, const GradientSums<double>&);

}  // namespace lockstep
