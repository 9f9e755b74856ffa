#include "linalg/instructions.h"

#include <array>

namespace lockstep {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"plain", "avx2", "avx512", "avx512bf16"};

}  // namespace

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

std::string_view name_of(Instructions instructions) {
  return kNames[static_cast<std::size_t>(instructions)];
}

std::optional<Instructions> instructions_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Instructions>(i);
  }
  return std::nullopt;
}

}  // namespace lockstep
