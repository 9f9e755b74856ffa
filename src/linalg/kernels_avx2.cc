#define LOCKSTEP_AVX2
#include "linalg/kernels_body.h"
#include "linalg/kernels_of.h"

namespace lockstep {

const Kernels& kernels_of_avx2() {
  static constexpr Kernels kKernels = kernels_of_this_file(Instructions::avx2);
  return kKernels;
}

}  // namespace lockstep
