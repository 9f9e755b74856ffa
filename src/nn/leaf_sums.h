#pragma once
// The gradients of several shards, added up by the tree, for kinds of layers without code of their
// own for it.

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "linalg/vector_ops.h"
#include "nn/layer.h"

namespace lockstep {

// Does what tensor_gradient (nn/layer.h) does, where sum_over(rows, gradient) computes the gradient
// of one leaf: the sum over its rows.
template <typename T, typename SumOver>
void add_up_leaves(std::span<const LeafRows> leaves, std::span<const GradientView<T>> sums,
                   const SumOver& sum_over) {
  if (leaves.size() == 1) return sum_over(leaves[0].rows, sums[0]);
  const std::uint64_t rows = sums[0].values.rows;
  const std::uint64_t columns = sums[0].values.columns;
  std::vector<std::vector<T>> partial;
  for (const LeafRows& leaf : leaves) {
    std::vector<T>& own = partial.emplace_back(rows * columns);
    sum_over(leaf.rows, {{own.data(), rows, columns}, false});
    for (std::uint32_t n = 0; n < leaf.additions; ++n) {
      const std::vector<T> right = std::move(partial.back());
      partial.pop_back();
      add_to<T>(partial.back(), right);
    }
  }
  for (std::size_t s = 0; s < sums.size(); ++s) {
    const Matrix<const T> sum{partial[s].data(), rows, columns};
    for (std::uint64_t r = 0; r < rows; ++r) {
      std::ranges::copy(sum.row(r), sums[s].values.row(r).begin());
    }
  }
}

}  // namespace lockstep
