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
void add_up_products(const BackwardViews<float>& views, const Block& block,
                     const GradientSums<float>& sums) {
  check(!sums.leaves.empty() && sums.leaves.front().rows.begin == 0, "the leaves have all rows");
  const bool in_pairs = !views.input_pairs.empty();
  std::vector<TreeLeaf> leaves;
  for (const LeafRows& leaf : sums.leaves) {
    const std::uint64_t rows = leaf.rows.size();
    leaves.push_back({in_pairs ? pairs_in(rows) : rows, leaf.additions, leaf.continues, leaf.ends});
  }
  std::vector<float*> places;
  for (const Matrix<float>& sum : sums.sums) places.push_back(sum.data);
  const auto add_up = [&](const auto& kernel, const auto& delta, const auto& input) {
    kernel({.rows = block.rows.size(),
            .columns = block.columns.size(),
            .a_stride = delta.stride,
            .b_stride = input.stride,
            .c_stride = sums.sums[0].stride,
            .leaves = leaves,
            .standing = sums.standing,
            .rounds = sums.precision == Precision::bfloat16},
           delta.some_columns(block.rows).data, input.some_columns(block.columns).data, places);
  };
  if (in_pairs) {
    add_up(kernels().add_up_pairs, views.delta_pairs_of_rows, views.input_pairs[0]);
  } else {
    add_up(kernels().add_up, views.delta, views.inputs[0]);
  }
}

void forward_in_pairs(const ForwardViews<float>& views, const Block& output) {
  const Matrix<const Pair> input = views.input_pairs[0].some_rows(output.rows);
  const Matrix<float> values = views.output.block(output);
  if (const Pair* panels = views.panels[0].pairs) {
    pair_product(input, panel_of(panels, input.columns, output.columns), false, values);
  } else {
    pair_product(Transpose::yes, input, views.tensors[0].some_rows(output.columns), false, values);
  }
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
                       .penalized = true,
                       .initial = DrawnWith{dense.initializer, values, dense.units},
                       .in_panels = true}},
          .multiply_adds = values * dense.units};
}

template <typename T>
void forward(const DenseSpec& /*dense*/, const ForwardViews<T>& views, const Block& output) {
  if constexpr (std::is_same_v<T, float>) {
    if (!views.input_pairs.empty()) return forward_in_pairs(views, output);
  }
  const Matrix<const T> input = views.inputs[0].some_rows(output.rows);
  const Matrix<const T> weights = views.tensors[0].some_rows(output.columns);
  const Matrix<T> values = views.output.block(output);
  if (const T* panels = views.panels[0].values) {
    gemm<T>(Transpose::no, Transpose::no, input, panel_of(panels, weights.columns, output.columns),
            false, values);
  } else {
    gemm<T>(Transpose::no, Transpose::yes, input, weights, false, values);
  }
}

template <typename T>
void input_gradient(const DenseSpec& /*dense*/, const BackwardViews<T>& views,
                    std::size_t /*input*/, const Block& block, GradientView<T> gradient) {
  const Matrix<const T> weights = views.tensors[0].some_columns(block.columns);
  if constexpr (std::is_same_v<T, float>) {
    if (!views.input_pairs.empty()) {
      return pair_product(Transpose::no, views.delta_pairs_of_columns.some_rows(block.rows),
                          weights, gradient.continues, gradient.values);
    }
  }
  gemm<T>(Transpose::no, Transpose::no, views.delta.some_rows(block.rows), weights,
          gradient.continues, gradient.values);
}

template <typename T>
void tensor_gradient(const DenseSpec& /*dense*/, const BackwardViews<T>& views,
                     std::size_t /*tensor*/, const Block& block, const GradientSums<T>& sums) {
  if constexpr (std::is_same_v<T, float>) {
    add_up_products(views, block, sums);
  } else {
    const Matrix<const T> delta = views.delta.some_columns(block.rows);
    const Matrix<const T> input = views.inputs[0].some_columns(block.columns);
    add_up_leaves(sums, [&](Range rows, GradientView<T> gradient) {
      gemm<T>(Transpose::yes, Transpose::no, delta.some_rows(rows), input.some_rows(rows),
              gradient.continues, gradient.values);
    });
  }
}

std::optional<std::size_t> matrix_of(const DenseSpec& /*dense*/) { return 0; }

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
