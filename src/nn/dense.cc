#include "nn/dense.h"

#include <type_traits>
#include <vector>

#include "base/check.h"
#include "linalg/gemm.h"
#include "linalg/kernels.h"
#include "nn/leaf_sums.h"
#include "nn/panels.h"

namespace lockstep {
namespace {

// The products delta^T input of all leaves, which follow each other, added up by the tree.
void add_up_products(Matrix<const float> delta, Matrix<const float> input,
                     std::span<const LeafRows> leaves, std::span<const GradientView<float>> sums) {
  std::vector<TreeLeaf> tree;
  for (const LeafRows& leaf : leaves) tree.push_back({leaf.rows.size(), leaf.additions});
  std::vector<float*> places;
  for (const GradientView<float>& sum : sums) places.push_back(sum.values.data);
  kernels().add_up({.rows = delta.columns,
                    .columns = input.columns,
                    .a_stride = delta.stride,
                    .b_stride = input.stride,
                    .c_stride = sums[0].values.stride,
                    .leaves = tree},
                   delta.some_rows(leaves.front().rows).data,
                   input.some_rows(leaves.front().rows).data, places);
}

}  // namespace

LayerNeeds needs(const DenseSpec& dense, std::span<const Shape> inputs) {
  check(inputs.size() == 1, "a dense layer has one input");
  const std::uint64_t values = size_of(inputs[0]);
  return {.output = {dense.units},
          .divides_columns = true,
          .tensors = {{.name = "weight",
                       .role = ParameterRole::weight,
                       .shape = {dense.units, values},
                       .penalised = true,
                       .initial = DrawnWith{dense.initializer, values, dense.units},
                       .in_panels = true}},
          .multiply_adds = values * dense.units};
}

template <typename T>
void forward(const DenseSpec& /*dense*/, const ForwardViews<T>& views, const Block& output) {
  const Matrix<const T> input = views.inputs[0].some_rows(output.rows);
  const Matrix<const T> weights = views.tensors[0].some_rows(output.columns);
  const Matrix<T> values = views.output.block(output);
  if (views.panels[0] == nullptr) {
    return gemm<T>(Transpose::no, Transpose::yes, input, weights, false, values);
  }
  gemm<T>(Transpose::no, Transpose::no, input,
          panel_of(views.panels[0], weights.columns, output.columns), false, values);
}

template <typename T>
void input_gradient(const DenseSpec& /*dense*/, const BackwardViews<T>& views,
                    std::size_t /*input*/, const Block& block, GradientView<T> gradient) {
  gemm<T>(Transpose::no, Transpose::no, views.delta.some_rows(block.rows),
          views.tensors[0].some_columns(block.columns), gradient.goes_on, gradient.values);
}

template <typename T>
void tensor_gradient(const DenseSpec& /*dense*/, const BackwardViews<T>& views,
                     std::size_t /*tensor*/, const Block& block, std::span<const LeafRows> leaves,
                     std::span<const GradientView<T>> sums) {
  const Matrix<const T> delta = views.delta.some_columns(block.rows);
  const Matrix<const T> input = views.inputs[0].some_columns(block.columns);
  if constexpr (std::is_same_v<T, float>) {
    if (leaves.size() > 1) return add_up_products(delta, input, leaves, sums);
  }
  add_up_leaves(leaves, sums, [&](Range rows, GradientView<T> gradient) {
    gemm<T>(Transpose::yes, Transpose::no, delta.some_rows(rows), input.some_rows(rows),
            gradient.goes_on, gradient.values);
  });
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

template void forward(const DenseSpec&, const ForwardViews<float>&, const Block&);
template void forward(const DenseSpec&, const ForwardViews<double>&, const Block&);
template void input_gradient(const DenseSpec&, const BackwardViews<float>&, std::size_t,
                             const Block&, GradientView<float>);
template void input_gradient(const DenseSpec&, const BackwardViews<double>&, std::size_t,
                             const Block&, GradientView<double>);
template void tensor_gradient(const DenseSpec&, const BackwardViews<float>&, std::size_t,
                              const Block&, std::span<const LeafRows>,
                              std::span<const GradientView<float>>);
template void tensor_gradient(const DenseSpec&, const BackwardViews<double>&, std::size_t,
                              const Block&, std::span<const LeafRows>,
                              std::span<const GradientView<double>>);

}  // namespace lockstep
