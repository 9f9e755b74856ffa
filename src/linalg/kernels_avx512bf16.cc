#define LOCKSTEP_AVX512
#define LOCKSTEP_BFLOAT16
#include "linalg/kernels_body.h"
#include "linalg/kernels_of.h"

namespace lockstep {

const Kernels& kernels_of_avx512bf16() {
  static constexpr Kernels kKernels = kernels_of_this_file(Instructions::avx512bf16);
  return kKernels;
}

}  // namespace lockstep
