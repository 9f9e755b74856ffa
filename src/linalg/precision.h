#pragma once

#include <array>
#include <cstdint>

#include "base/enum_names.h"

namespace lockstep {

// What products of floats multiply, and what the exchange of gradients adds up and sends: floats as
// they are, or rounded to bfloat16, which has 8 bits of precision and the range of float
// (docs/numerics.md).
enum class Precision { float32, bfloat16 };

constexpr auto enum_names(Precision) {
  using enum Precision;
  return std::to_array<EnumName<Precision>>({{float32, "FLOAT32"}, {bfloat16, "BFLOAT16"}});
}

constexpr std::uint64_t bytes_of(Precision precision) {
  return precision == Precision::bfloat16 ? 2 : 4;
}

}  // namespace lockstep
