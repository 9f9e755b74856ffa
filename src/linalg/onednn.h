#pragma once
// Products of floats by oneDNN, whose kernels are compiled for the CPU at hand
// while the program runs. Only gemm.cc sees this.

#include <string>

#include "linalg/gemm.h"
#include "linalg/matrix.h"

namespace lockstep::onednn {

// Whether this CPU has AVX-512 and oneDNN may use it (DNNL_MAX_CPU_ISA limits
// it). There it is up to twice as fast as OpenBLAS at the shapes of a training
// step; with AVX2 alone both are the same, and OpenBLAS is used.
bool is_preferred();

// As lockstep::gemm with dimensions that are not 0.
void multiply(Transpose transpose_a, Transpose transpose_b, Matrix<const float> a,
              Matrix<const float> b, float beta, Matrix<float> c);

// Its version, and the kernels that is_preferred() stands for.
std::string description();

}  // namespace lockstep::onednn
