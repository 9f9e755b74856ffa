#pragma once
// Products of floats that are rounded to bfloat16 on the way: pair chains (docs/numerics.md).

#include <span>

#include "linalg/gemm.h"
#include "linalg/matrix.h"
#include "linalg/pairs.h"
#include "linalg/tree_product.h"

namespace lockstep {

// What gemm does in bfloat16, for dimensions that are not 0.
void pair_product(Transpose transpose_b, Matrix<const float> a, Matrix<const float> b, bool goes_on,
                  Matrix<float> c);

// The same with B [K, N] in pairs of its rows: [pairs_in(K), N].
void pair_product(Matrix<const float> a, Matrix<const Pair> b, bool goes_on, Matrix<float> c);

// Stores B [N, K] transposed and in pairs: [pairs_in(K), N], whose rows begin `stride` pairs apart.
void pair_transposed(Matrix<const float> b, Pair* to, std::uint64_t stride);

// What Kernels::add_up does in bfloat16, for A and B in float.
void add_up_in_pairs(const TreeProduct& tree, const float* a, const float* b,
                     std::span<float* const> sums);

}  // namespace lockstep
