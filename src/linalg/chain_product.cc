#include "linalg/chain_product.h"

#include <algorithm>
#include <vector>

#include "linalg/kernels.h"
#include "linalg/transpose.h"

namespace lockstep {
namespace {

// A block of C of this size, the part of B beside it and a few rows of A stay in the caches of a
// core.
constexpr std::uint64_t kRows = 32;
constexpr std::uint64_t kColumns = 64;
constexpr std::uint64_t kDepth = 128;

// Where the block `depth` x `columns` of op(B) is stored row by row: in B itself, or, if that is
// transposed or would be read often with gaps between its rows, in `scratch`.
Matrix<const float> stored_block(Transpose transpose_b, Matrix<const float> b, Range depth,
                                 Range columns, bool often, std::vector<float>& scratch) {
  if (transpose_b == Transpose::yes) {
    scratch.resize(kDepth * kColumns);
    const Matrix<const float> block = b.block({columns, depth});
    transpose(block.data, block.stride, block.rows, block.columns, scratch.data(), columns.size());
    return {scratch.data(), depth.size(), columns.size()};
  }
  const Matrix<const float> block = b.block({depth, columns});
  if (!often || block.stride == block.columns) return block;
  scratch.resize(kDepth * kColumns);
  for (std::uint64_t k = 0; k < block.rows; ++k) {
    std::ranges::copy(block.row(k),
                      scratch.begin() + static_cast<std::ptrdiff_t>(k * columns.size()));
  }
  return {scratch.data(), depth.size(), columns.size()};
}

}  // namespace

void chain_product(Transpose transpose_a, Transpose transpose_b, Matrix<const float> a,
                   Matrix<const float> b, bool continues, Matrix<float> c) {
  const bool turned = transpose_a == Transpose::yes;
  const bool often = c.rows > 2 * kRows;
  std::vector<float> scratch;
  for_each_part({0, c.columns}, kColumns, [&](Range columns) {
    for_each_part({0, turned ? a.rows : a.columns}, kDepth, [&](Range depth) {
      const Matrix<const float> panel =
          stored_block(transpose_b, b, depth, columns, often, scratch);
      for_each_part({0, c.rows}, kRows, [&](Range rows) {
        const Matrix<const float> left = a.block(turned ? Block{depth, rows} : Block{rows, depth});
        const Matrix<float> block = c.block({rows, columns});
        kernels().multiply({.rows = rows.size(),
                            .columns = columns.size(),
                            .depth = depth.size(),
                            .a_stride = left.stride,
                            .b_stride = panel.stride,
                            .c_stride = block.stride,
                            .a_is_transposed = turned,
                            .continues = continues || depth.begin > 0},
                           left.data, panel.data, block.data);
      });
    });
  });
}

}  // namespace lockstep
