#pragma once
// Pairs of bfloat16 numbers, as products in that precision read them: neighbours along the depth of
// the product. An odd depth ends with a pair whose second number is +0.

#include <cstdint>

namespace lockstep {

// The first number is in the lower 16 bits.
using Pair = std::uint32_t;

constexpr std::uint64_t pairs_in(std::uint64_t values) { return (values + 1) / 2; }

// Values of a matrix [rows, columns] whose rows begin `stride` values apart, to be rounded.
struct PairedBlock {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::uint64_t stride = 0;
};

}  // namespace lockstep
