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
constexpr std::uint64_t kDepth = 256;

// A part of a matrix that is stored row by row.
struct Stored {
  const float* data;
  std::uint64_t stride;
};

// Calls work(begin, size) for the parts of [0, n), each of `part` values but the last.
template <typename Work>
void for_each_part(std::uint64_t n, std::uint64_t part, const Work& work) {
  for (std::uint64_t begin = 0; begin < n; begin += part) work(begin, std::min(part, n - begin));
}

// C [rows, columns] = op(A) B for one panel of columns of C and B.
void multiply_panel(Transpose transpose_a, Stored a, Stored b, std::uint64_t depth, bool goes_on,
                    std::uint64_t rows, std::uint64_t columns, float* c, std::uint64_t c_stride) {
  const bool turned = transpose_a == Transpose::yes;
  for_each_part(depth, kDepth, [&](std::uint64_t k, std::uint64_t of_depth) {
    for_each_part(rows, kRows, [&](std::uint64_t r, std::uint64_t of_rows) {
      const BlockProduct block{.rows = of_rows,
                               .columns = columns,
                               .depth = of_depth,
                               .a_stride = a.stride,
                               .b_stride = b.stride,
                               .c_stride = c_stride,
                               .a_is_transposed = turned,
                               .goes_on = goes_on || k > 0};
      kernels().multiply(block, a.data + (turned ? k * a.stride + r : r * a.stride + k),
                         b.data + k * b.stride, c + r * c_stride);
    });
  });
}

}  // namespace

void chain_product(Transpose transpose_a, Transpose transpose_b, Matrix<const float> a,
                   Matrix<const float> b, bool goes_on, Matrix<float> c) {
  const std::uint64_t depth = transpose_a == Transpose::yes ? a.rows : a.columns;
  std::vector<float> turned(transpose_b == Transpose::yes ? depth * std::min(kColumns, c.columns)
                                                          : 0);
  for_each_part(c.columns, kColumns, [&](std::uint64_t first, std::uint64_t columns) {
    Stored panel{b.data + first, b.columns};
    if (transpose_b == Transpose::yes) {
      transpose(b.row(first).data(), b.columns, columns, depth, turned.data(), columns);
      panel = {turned.data(), columns};
    }
    multiply_panel(transpose_a, {a.data, a.columns}, panel, depth, goes_on, c.rows, columns,
                   c.data + first, c.columns);
  });
}

}  // namespace lockstep
