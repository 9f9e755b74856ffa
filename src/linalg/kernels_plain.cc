#include "linalg/kernels_body.h"
#include "linalg/kernels_of.h"

namespace lockstep {

const Kernels& kernels_of_plain() {
  static constexpr Kernels kKernels = kernels_of_this_file(Instructions::plain);
  return kKernels;
}

}  // namespace lockstep
