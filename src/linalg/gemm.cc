#include "linalg/gemm.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include <cblas.h>

#include "base/check.h"
#include "linalg/chain_product.h"

namespace lockstep {
namespace {

blasint to_blasint(std::uint64_t n) {
  check(n <= static_cast<std::uint64_t>(std::numeric_limits<blasint>::max()),
        "a matrix dimension fits the BLAS integer");
  return static_cast<blasint>(n);
}

CBLAS_TRANSPOSE to_cblas(Transpose transpose) {
  return transpose == Transpose::yes ? CblasTrans : CblasNoTrans;
}

}  // namespace

template <typename T>
void gemm(Transpose transpose_a, Transpose transpose_b, Matrix<const T> a, Matrix<const T> b,
          bool continues, Matrix<T> c) {
  const std::uint64_t m = transpose_a == Transpose::yes ? a.columns : a.rows;
  const std::uint64_t k = transpose_a == Transpose::yes ? a.rows : a.columns;
  const std::uint64_t k_of_b = transpose_b == Transpose::yes ? b.columns : b.rows;
  const std::uint64_t n = transpose_b == Transpose::yes ? b.rows : b.columns;
  check(k == k_of_b && c.rows == m && c.columns == n, "matrix shapes agree in a product");
  if (m == 0 || n == 0) return;
  if (k == 0) {
    for (std::uint64_t r = 0; r < m && !continues; ++r) std::ranges::fill(c.row(r), T(0));
    return;
  }
  if constexpr (std::is_same_v<T, float>) {
    chain_product(transpose_a, transpose_b, a, b, continues, c);
  } else {
    cblas_dgemm(CblasRowMajor, to_cblas(transpose_a), to_cblas(transpose_b), to_blasint(m),
                to_blasint(n), to_blasint(k), 1, a.data, to_blasint(a.stride), b.data,
                to_blasint(b.stride), continues ? 1 : 0, c.data, to_blasint(c.stride));
  }
}

template void gemm(Transpose, Transpose, Matrix<const float>, Matrix<const float>, bool,
                   Matrix<float>);
template void gemm(Transpose, Transpose, Matrix<const double>, Matrix<const double>, bool,
                   Matrix<double>);

void use_one_blas_thread() { openblas_set_num_threads(1); }

std::string blas_description() {
  return std::string(openblas_get_config()) + " on " + openblas_get_corename();
}

}  // namespace lockstep
