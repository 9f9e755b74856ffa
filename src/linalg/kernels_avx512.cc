#define LOCKSTEP_AVX512
#include "linalg/kernels_body.h"
#include "linalg/kernels_of.h"

namespace lockstep {

const Kernels& kernels_of_avx512() {
  static constexpr Kernels kKernels{Instructions::avx512, multiply, add_up};
  return kKernels;
}

}  // namespace lockstep
