#pragma once
// Products of pairs of bfloat16 numbers: pair chains (docs/numerics.md).

#include "linalg/gemm.h"
#include "linalg/matrix.h"
#include "linalg/pairs.h"

namespace lockstep {

// C = A B, or C + A B where `continues`: A [M, K] in pairs of columns [M, pairs_in(K)], B [K, N] in
// pairs of rows [pairs_in(K), N], C [M, N].
void pair_product(Matrix<const Pair> a, Matrix<const Pair> b, bool continues, Matrix<float> c);

// The same with op(B), which is rounded on the way.
void pair_product(Transpose transpose_b, Matrix<const Pair> a, Matrix<const float> b,
                  bool continues, Matrix<float> c);

// Stores B [N, K] transposed and in pairs: [pairs_in(K), N], whose rows begin `stride` pairs apart.
void pair_transposed(Matrix<const float> b, Pair* to, std::uint64_t stride);

}  // namespace lockstep
