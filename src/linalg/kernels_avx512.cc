#define LOCKSTEP_AVX512
#include "linalg/kernels_body.h"
#include "linalg/kernels_of.h"

namespace lockstep {

const Kernels& kernels_of_avx512() {
  static constexpr Kernels kKernels = kernels_of_this_file(Instructions::avx512);
  return kKernels;
}

}  // namespace lockstep
