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
void forward(const SumSpec& /*sum*/, const ForwardViews<T>& views, const Block& output) {
  for (std::uint64_t r = output.rows.begin; r < output.rows.end; ++r) {
    const std::span<T> row = views.output.row(r);
    std::ranges::fill(row, T(0));
    for (const Matrix<const T>& input : views.inputs) {
      std::ranges::transform(row, input.row(r), row.begin(), std::plus<>());
    }
  }
}

template <typename T>
void input_gradient(const SumSpec& /*sum*/, const BackwardViews<T>& views, std::size_t /*input*/,
                    const Block& block, GradientView<T> gradient) {
  for (std::uint64_t r = 0; r < block.rows.size(); ++r) {
    const std::span<T> row = gradient.values.row(r);
    std::ranges::transform(
        row, views.delta.row(block.rows.begin + r), row.begin(),
        [&](T before, T delta) { return (gradient.continues ? before : T(0)) + delta; });
  }
}

template <typename T>
void tensor_gradient(const SumSpec& /*sum*/, const BackwardViews<T>& /*views*/,
                     std::size_t /*tensor*/, const Block& /*block*/,
                     const GradientSums<T>& /*sums*/) {
  check(false, "the kind has no tensor");
}

std::optional<std::size_t> matrix_of(const SumSpec& /*sum*/) { return std::nullopt; }

std::optional<LayerWidth> width_of(const SumSpec& /*sum*/) { return std::nullopt; }

std::vector<OnnxNode> onnx_nodes(const SumSpec& /*sum*/) {
  using enum OnnxValue::Of;
  return {{.op = "Add", .inputs = {{input, 0}, {input, 1}}}};
}

std::string describe(const SumSpec& /*sum*/) { return "sum"; }

template void forward(const SumSpec&, const ForwardViews<float>&, const Block&);
template void input_gradient(const SumSpec&, const BackwardViews<float>&, std::size_t, const Block&,
                             GradientView<float>);
template void tensor_gradient(const SumSpec&, const BackwardViews<float>&, std::size_t,
                              const Block&, const GradientSums<float>&);
template void forward(const SumSpec&, const ForwardViews<double>&, const Block&);
template void input_gradient(const SumSpec&, const BackwardViews<double>&, std::size_t,
                             const Block&, GradientView<double>);
template void tensor_gradient(const SumSpec&, const BackwardViews<double>&, std::size_t,
                              const Block&, const GradientSums<double>&);

}  // namespace lockstep
