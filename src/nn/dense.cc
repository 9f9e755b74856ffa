#include "nn/dense.h"

#include <type_traits>
#include <vector>

#include "base/check.h"
#include "linalg/gemm.h"
#include "linalg/kernels.h"
#include "linalg/pair_product.h"
#include "nn/leaf_sums.h"
#include "nn/panels.h"

namespace lockstep {
namespace {

// The products delta^T input of all leaves, added up by the tree.
void add_up_products(Precision precision, Matrix<const float> delta, Matrix<const float> input,
                     const GradientSums<float>& sums) {
  std::vector<TreeLeaf> leaves;
  for (const LeafRows& leaf : sums.leaves)
    leaves.push_back({leaf.rows.size(), leaf.additions, leaf.goes_on});
  std::vector<float*> places;
  for (const Matrix<float>& sum : sums.sums) places.push_back(sum.data);
  const Range rows = sums.leaves.front().rows;
  const auto add_up = precision == Precision::bfloat16 ? add_up_in_pairs : kernels().add_up;
  add_up({.rows = delta.columns,
          .columns = input.columns,
          .a_stride = delta.stride,
          .b_stride = input.stride,
          .c_stride = sums.sums[0].stride,
          .leaves = leaves,
          .standing = sums.standing},
         delta.some_rows(rows).data, input.some_rows(rows).data, places);
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
  const TensorPanels<T>& panels = views.panels[0];
  if constexpr (std::is_same_v<T, float>) {
    if (panels.pairs != nullptr) {
      const std::uint64_t depth = pairs_in(weights.columns);
      return pair_product(input, panel_of(panels.pairs, depth, output.columns), false, values);
    }
  }
  if (panels.values == nullptr) {
    return gemm<T>(views.precision, Transpose::yes, input, weights, false, values);
  }
  gemm<T>(views.precision, Transpose::no, input,
          panel_of(panels.values, weights.columns, output.columns), false, values);
}

template <typename T>
void input_gradient(const DenseSpec& /*dense*/, const BackwardViews<T>& views,
                    std::size_t /*input*/, const Block& block, GradientView<T> gradient) {
  gemm<T>(views.precision, Transpose::no, views.delta.some_rows(block.rows),
          views.tensors[0].some_columns(block.columns), gradient.goes_on, gradient.values);
}

template <typename T>
void tensor_gradient(const DenseSpec& /*dense*/, const BackwardViews<T>& views,
                     std::size_t /*tensor*/, const Block& block, const GradientSums<T>& sums) {
  const Matrix<const T> delta = views.delta.some_columns(block.rows);
  const Matrix<const T> input = views.inputs[0].some_columns(block.columns);
  if constexpr (std::is_same_v<T, float>) {
    add_up_products(views.precision, delta, input, sums);
  } else {
    add_up_leaves(sums, [&](Range rows, GradientView<T> gradient) {
      gemm<T>(Transpose::yes, Transpose::no, delta.some_rows(rows), input.some_rows(rows),
              gradient.goes_on, gradient.values);
    });
  }
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
                              const Block&, const GradientSums<float>&);
template void tensor_gradient(const DenseSpec&, const BackwardViews<double>&, std::size_t,
                              const Block&, const GradientSums<double>&);

}  // namespace lockstep
