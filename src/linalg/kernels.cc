#include "linalg/kernels.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/error.h"
#include "base/or_list.h"
#include "linalg/kernels_of.h"

namespace lockstep {
namespace {

constexpr const char* kVariable = "LOCKSTEP_KERNELS";

Instructions wanted_instructions() {
  const char* text = std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe): nothing sets it
  if (text == nullptr || *text == '\0') return instructions_of_cpu();
  const auto wanted = enum_named<Instructions>(text);
  if (!wanted) {
    throw Error(ExitCode::usage, fmt::format("{}={}: expected {}", kVariable, text,
                                             or_list(all_enum_names<Instructions>())));
  }
  if (*wanted > instructions_of_cpu()) {
    throw Error(ExitCode::usage, fmt::format("{}={}: this CPU has {} at most; unset the variable",
                                             kVariable, text, enum_name(instructions_of_cpu())));
  }
  return *wanted;
}

}  // namespace

const Kernels& kernels_with(Instructions instructions) {
#ifdef __x86_64__
  if (instructions == Instructions::avx512bf16) return kernels_of_avx512bf16();
  if (instructions == Instructions::avx512) return kernels_of_avx512();
  if (instructions == Instructions::avx2) return kernels_of_avx2();
#endif
  return kernels_of_plain();
}

const Kernels& kernels() {
  static const Kernels& chosen = kernels_with(wanted_instructions());
  return chosen;
}

}  // namespace lockstep
