#pragma once
// Rounding of floats to bfloat16 (docs/numerics.md, pair chains): to nearest, ties to even, with
// subnormal numbers as zeros. A bfloat16 number is the upper half of a float.

#include <cstdint>
#include <span>
#include <type_traits>

#include "linalg/precision.h"

namespace lockstep {

using Bfloat16 = std::uint16_t;

// Replaces every value by the nearest bfloat16 number.
void round_to_bfloat16(std::span<float> values);

// Rounds sums in bfloat16; floats in float32, and all doubles, stay as they are.
template <typename T>
void round_sums(Precision precision, std::span<T> sums) {
  if constexpr (std::is_same_v<T, float>) {
    if (precision == Precision::bfloat16) round_to_bfloat16(sums);
  }
}

// Writes the nearest bfloat16 number of each value; both spans have one length.
void to_bfloat16(std::span<const float> values, std::span<Bfloat16> rounded);

// The same numbers as floats.
void from_bfloat16(std::span<const Bfloat16> numbers, std::span<float> values);

// values[i] += changes[i], in float.
void add_bfloat16(std::span<float> values, std::span<const Bfloat16> changes);

}  // namespace lockstep
