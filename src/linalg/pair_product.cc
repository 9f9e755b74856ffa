#include "linalg/pair_product.h"

#include <algorithm>
#include <vector>

#include "linalg/kernels.h"
#include "linalg/transpose.h"

namespace lockstep {
namespace {

// A block of C of this size, the part of B beside it and a few rows of A stay in the caches of a
// core. The depth is even, so that no pair is divided.
constexpr std::uint64_t kRows = 32;
constexpr std::uint64_t kColumns = 64;
constexpr std::uint64_t kDepth = 256;

// C = A B, or C + A B, for a part of the depth: A [M, K] in float, B [pairs_in(K), N].
void multiply_part(Matrix<const float> a, Matrix<const Pair> b, bool goes_on, Matrix<float> c) {
  std::vector<Pair> left(std::min(kRows, a.rows) * b.rows);
  for_each_part({0, a.rows}, kRows, [&](Range rows) {
    const Matrix<const float> some = a.some_rows(rows);
    const Matrix<float> block = c.some_rows(rows);
    kernels().pair_columns({some.rows, some.columns, some.stride}, some.data, left.data());
    kernels().multiply_pairs({.rows = block.rows,
                              .columns = block.columns,
                              .depth = b.rows,
                              .a_stride = b.rows,
                              .b_stride = b.stride,
                              .c_stride = block.stride,
                              .goes_on = goes_on},
                             left.data(), b.data, block.data);
  });
}

}  // namespace

void pair_transposed(Matrix<const float> b, Pair* to, std::uint64_t stride) {
  std::vector<Pair> pairs(b.rows * pairs_in(b.columns));
  kernels().pair_columns({b.rows, b.columns, b.stride}, b.data, pairs.data());
  transpose(pairs.data(), pairs_in(b.columns), b.rows, pairs_in(b.columns), to, stride);
}

void pair_product(Transpose transpose_b, Matrix<const float> a, Matrix<const float> b, bool goes_on,
                  Matrix<float> c) {
  std::vector<Pair> panel(pairs_in(std::min(kDepth, a.columns)) * std::min(kColumns, c.columns));
  for_each_part({0, c.columns}, kColumns, [&](Range columns) {
    for_each_part({0, a.columns}, kDepth, [&](Range depth) {
      if (transpose_b == Transpose::yes) {
        pair_transposed(b.block({columns, depth}), panel.data(), columns.size());
      } else {
        const Matrix<const float> block = b.block({depth, columns});
        kernels().pair_rows({block.rows, block.columns, block.stride}, block.data, panel.data());
      }
      multiply_part(a.some_columns(depth), {panel.data(), pairs_in(depth.size()), columns.size()},
                    goes_on || depth.begin > 0, c.some_columns(columns));
    });
  });
}

void pair_product(Matrix<const float> a, Matrix<const Pair> b, bool goes_on, Matrix<float> c) {
  for_each_part({0, c.columns}, kColumns, [&](Range columns) {
    for_each_part({0, a.columns}, kDepth, [&](Range depth) {
      const Range pairs{depth.begin / 2, pairs_in(depth.end)};
      multiply_part(a.some_columns(depth), b.block({pairs, columns}), goes_on || depth.begin > 0,
                    c.some_columns(columns));
    });
  });
}

void add_up_in_pairs(const TreeProduct& tree, const float* a, const float* b,
                     std::span<float* const> sums) {
  std::vector<TreeLeaf> leaves(tree.leaves.begin(), tree.leaves.end());
  std::uint64_t pairs = 0;
  for (TreeLeaf& leaf : leaves) {
    leaf.depth = pairs_in(leaf.depth);
    pairs += leaf.depth;
  }
  std::vector<Pair> left(pairs * tree.rows);
  std::vector<Pair> right(pairs * tree.columns);
  std::uint64_t row = 0;
  std::uint64_t pair = 0;
  for (const TreeLeaf& leaf : tree.leaves) {
    kernels().pair_rows({leaf.depth, tree.rows, tree.a_stride}, a + row * tree.a_stride,
                        left.data() + pair * tree.rows);
    kernels().pair_rows({leaf.depth, tree.columns, tree.b_stride}, b + row * tree.b_stride,
                        right.data() + pair * tree.columns);
    row += leaf.depth;
    pair += pairs_in(leaf.depth);
  }
  TreeProduct in_pairs = tree;
  in_pairs.a_stride = tree.rows;
  in_pairs.b_stride = tree.columns;
  in_pairs.leaves = leaves;
  kernels().add_up_pairs(in_pairs, left.data(), right.data(), sums);
}

}  // namespace lockstep
