#pragma once
// Products of floats by oneDNN, which compiles its kernels for the present CPU at run
// time. Only gemm.cc includes this header.

#include <string>

#include "linalg/gemm.h"
#include "linalg/matrix.h"

namespace lockstep::onednn {

// Whether this CPU has AVX-512 and oneDNN may use it (DNNL_MAX_CPU_ISA limits
// it). With AVX-512, oneDNN is up to twice as fast as OpenBLAS at the shapes of a
// training step; with AVX2 alone both are equally fast, and OpenBLAS is used.
bool is_preferred();

// Does what lockstep::gemm does, for dimensions that are not 0.
void multiply(Transpose transpose_a, Transpose transpose_b, Matrix<const float> a,
              Matrix<const float> b, float beta, Matrix<float> c);

// oneDNN's version, and the kernels that it uses when is_preferred().
std::string description();

}  // namespace lockstep::onednn
