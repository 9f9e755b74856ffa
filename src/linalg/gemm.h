#pragma once
// Matrix products. This is the only place that calls the libraries for them: OpenBLAS
// and, for float on CPUs with AVX-512, oneDNN. Every call runs on the calling thread
// alone; calls from several threads at once are safe. Calls of the same shape give the
// same bits, but the bits of a row depend on how many rows the matrix has, so shapes
// must never depend on the layout.

#include <string>

#include "linalg/matrix.h"

namespace lockstep {

enum class Transpose { no, yes };

// C = op(A) op(B) + beta C, with op(A): [M, K], op(B): [K, N], C: [M, N].
// T is float or double. A product whose M, N or K is 0 only scales C.
template <typename T>
void gemm(Transpose transpose_a, Transpose transpose_b, Matrix<const T> a, Matrix<const T> b,
          T beta, Matrix<T> c);

// Restricts the BLAS to one thread. Must be called once before the first product.
void use_one_blas_thread();

// Versions of the libraries and the CPU kernels in use, as the libraries describe them.
std::string blas_description();

}  // namespace lockstep
