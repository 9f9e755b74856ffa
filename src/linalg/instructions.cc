#include "linalg/instructions.h"

namespace lockstep {

Instructions instructions_of_cpu() {
#ifdef __x86_64__
  const bool has_avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") != 0;
  if (has_avx512 && __builtin_cpu_supports("avx512bf16") != 0) return Instructions::avx512bf16;
  if (has_avx512) return Instructions::avx512;
  if (has_avx2) return Instructions::avx2;
#endif
  return Instructions::plain;
}

}  // namespace lockstep
