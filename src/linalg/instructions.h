#pragma once
// The vector instructions of a CPU. They decide about speed alone, never about bits.

#include <array>

#include "base/enum_names.h"

namespace lockstep {

enum class Instructions { plain, avx2, avx512, avx512bf16 };  // each includes those before it

constexpr auto enum_names(Instructions) {
  using enum Instructions;
  return std::to_array<EnumName<Instructions>>(
      {{plain, "plain"}, {avx2, "avx2"}, {avx512, "avx512"}, {avx512bf16, "avx512bf16"}});
}

// What this CPU has.
Instructions instructions_of_cpu();

}  // namespace lockstep
