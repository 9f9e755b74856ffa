#pragma once
// The gradients of several shards, added up by the tree, for kinds of layers without code of their
// own for it.

#include <cstddef>
#include <vector>

#include "linalg/bfloat16.h"
#include "linalg/vector_ops.h"
#include "nn/layer.h"

namespace lockstep {

// Does what tensor_gradient (nn/layer.h) does, where sum_over(rows, gradient) computes the gradient
// of one leaf: the sum over its rows.
template <typename T, typename SumOver>
void add_up_leaves(const GradientSums<T>& sums, const SumOver& sum_over) {
  const std::uint64_t rows = sums.sums[0].rows;
  const std::uint64_t columns = sums.sums[0].columns;
  // Partial sums, each in the place of a matrix of `sums` as long as there is one.
  std::vector<std::vector<T>> beyond;
  const auto place = [&](std::size_t number) {
    if (number < sums.sums.size()) return sums.sums[number];
    const std::size_t index = number - sums.sums.size();
    if (index == beyond.size()) beyond.emplace_back(rows * columns);
    return Matrix<T>(beyond[index].data(), rows, columns);
  };
  const auto round = [&](Matrix<T> sum) {
    for (std::uint64_t r = 0; r < rows; ++r) round_sums<T>(sums.precision, sum.row(r));
  };
  std::size_t top = sums.standing;
  for (const LeafRows& leaf : sums.leaves) {
    if (leaf.continues) --top;
    sum_over(leaf.rows, GradientView<T>{place(top), leaf.continues});
    ++top;
    if (leaf.ends) round(place(top - 1));
    for (std::uint32_t n = 0; n < leaf.additions; ++n) {
      --top;
      const Matrix<const T> right = place(top);
      const Matrix<T> left = place(top - 1);
      for (std::uint64_t r = 0; r < rows; ++r) add_to<T>(left.row(r), right.row(r));
      round(left);
    }
  }
}

}  // namespace lockstep
