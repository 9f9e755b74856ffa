#pragma once
// Matrix products. In float every value is one chain of fused multiply-adds (docs/numerics.md), so
// that its bits depend neither on the shape nor on the CPU; in double, for gradient checks,
// OpenBLAS computes them. Every call runs on the calling thread alone; calls from several threads
// at once are safe.

#include <string>

#include "linalg/matrix.h"

namespace lockstep {

enum class Transpose { no, yes };

// C = op(A) op(B), or C + op(A) op(B) where `continues`, with op(A): [M, K], op(B): [K, N], C: [M,
// N]: the chains start at 0 or at the values of C. T is float or double. C must not overlap A or B.
template <typename T>
void gemm(Transpose transpose_a, Transpose transpose_b, Matrix<const T> a, Matrix<const T> b,
          bool continues, Matrix<T> c);

// Restricts the BLAS to one thread. Must be called once before the first product.
void use_one_blas_thread();

// Version of the library for double and its CPU kernels, as it describes them.
std::string blas_description();

}  // namespace lockstep
