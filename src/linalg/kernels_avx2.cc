#define LOCKSTEP_AVX2
#include "linalg/kernels_body.h"
#include "linalg/kernels_of.h"

namespace lockstep {

const Kernels& kernels_of_avx2() {
  static constexpr Kernels kKernels{Instructions::avx2, multiply, add_up};
  return kKernels;
}

}  // namespace lockstep
