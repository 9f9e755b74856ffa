#pragma once
// The kernels of kernels_body.h, compiled for each kind of instructions in a file of its own.

#include "linalg/kernels.h"

namespace lockstep {

const Kernels& kernels_of_plain();
const Kernels& kernels_of_avx2();
const Kernels& kernels_of_avx512();
const Kernels& kernels_of_avx512bf16();

}  // namespace lockstep
