#include "linalg/pair_product.h"

#include <algorithm>
#include <vector>

#include "linalg/kernels.h"
#include "linalg/transpose.h"

namespace lockstep {
namespace {

// A block of C of this size and the parts of A and B that are multiplied stay in the caches of a
// core.
constexpr std::uint64_t kRows = 32;
constexpr std::uint64_t kColumns = 64;
constexpr std::uint64_t kPairs = 64;  // of the depth

// For a part of the depth.
void multiply_part(Matrix<const Pair> a, Matrix<const Pair> b, bool continues, Matrix<float> c) {
  for_each_part({0, a.rows}, kRows, [&](Range rows) {
    const Matrix<float> block = c.some_rows(rows);
    kernels().multiply_pairs({.rows = block.rows,
                              .columns = block.columns,
                              .depth = b.rows,
                              .a_stride = a.stride,
                              .b_stride = b.stride,
                              .c_stride = block.stride,
                              .continues = continues},
                             a.some_rows(rows).data, b.data, block.data);
  });
}

}  // namespace

void pair_transposed(Matrix<const float> b, Pair* to, std::uint64_t stride) {
  std::vector<Pair> pairs(b.rows * pairs_in(b.columns));
  kernels().pair_columns({b.rows, b.columns, b.stride}, b.data, pairs.data());
  transpose(pairs.data(), pairs_in(b.columns), b.rows, pairs_in(b.columns), to, stride);
}

void pair_product(Matrix<const Pair> a, Matrix<const Pair> b, bool continues, Matrix<float> c) {
  check(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns,
        "matrix shapes agree in a product of pairs");
  for_each_part({0, c.columns}, kColumns, [&](Range columns) {
    for_each_part({0, a.columns}, kPairs, [&](Range depth) {
      multiply_part(a.some_columns(depth), b.block({depth, columns}), continues || depth.begin > 0,
                    c.some_columns(columns));
    });
  });
}

void pair_product(Transpose transpose_b, Matrix<const Pair> a, Matrix<const float> b,
                  bool continues, Matrix<float> c) {
  const bool turned = transpose_b == Transpose::yes;
  const std::uint64_t k = turned ? b.columns : b.rows;
  check(a.columns == pairs_in(k) && c.rows == a.rows && c.columns == (turned ? b.rows : b.columns),
        "matrix shapes agree in a product of pairs");
  std::vector<Pair> panel(std::min(kPairs, a.columns) * std::min(kColumns, c.columns));
  for_each_part({0, c.columns}, kColumns, [&](Range columns) {
    for_each_part({0, a.columns}, kPairs, [&](Range depth) {
      const Range values{2 * depth.begin, std::min(2 * depth.end, k)};
      if (turned) {
        pair_transposed(b.block({columns, values}), panel.data(), columns.size());
      } else {
        const Matrix<const float> block = b.block({values, columns});
        kernels().pair_rows({block.rows, block.columns, block.stride}, block.data, panel.data());
      }
      multiply_part(a.some_columns(depth), {panel.data(), depth.size(), columns.size()},
                    continues || depth.begin > 0, c.some_columns(columns));
    });
  });
}

}  // namespace lockstep
