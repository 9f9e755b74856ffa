#pragma once
// Products of whole matrices of floats, made of blocks that fit the caches.

#include "linalg/gemm.h"
#include "linalg/matrix.h"

namespace lockstep {

// What gemm does for float, for dimensions that are not 0.
void chain_product(Transpose transpose_a, Transpose transpose_b, Matrix<const float> a,
                   Matrix<const float> b, bool continues, Matrix<float> c);

}  // namespace lockstep
