#include "linalg/kernels_body.h"
#include "linalg/kernels_of.h"

namespace lockstep {

const Kernels& kernels_of_plain() {
  static constexpr Kernels kKernels{Instructions::plain, multiply, add_up};
  return kKernels;
}

}  // namespace lockstep
