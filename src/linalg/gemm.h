#pragma once
// Matrix products: the only door to the libraries that make them, OpenBLAS and,
// for float on CPUs with AVX-512, oneDNN. Every call runs on the calling thread
// alone; calls from several threads at once are safe. Calls of the same
// shape give the same bits; a row's bits do depend on how many rows are beside
// it, so shapes must never depend on the layout.

#include <string>

#include "linalg/matrix.h"

namespace lockstep {

enum class Transpose { no, yes };

// C = op(A) op(B) + beta C, with op(A): [M, K], op(B): [K, N], C: [M, N].
// T is float or double. A product without rows, columns or depth only scales C.
template <typename T>
void gemm(Transpose transpose_a, Transpose transpose_b, Matrix<const T> a, Matrix<const T> b,
          T beta, Matrix<T> c);

// Must be called once before the first product: the BLAS keeps to one thread.
void use_one_blas_thread();

// The libraries' own description of their versions and of the CPU kernels in use.
std::string blas_description();

}  // namespace lockstep
