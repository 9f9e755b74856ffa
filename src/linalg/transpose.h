#pragma once
// Transposition of blocks of floats.

#include <cstdint>

namespace lockstep {

// Stores `from` [rows, columns], whose rows begin from_stride values apart, as `to`
// [columns, rows], whose rows begin to_stride values apart. They must not overlap.
void transpose(const float* from, std::uint64_t from_stride, std::uint64_t rows,
               std::uint64_t columns, float* to, std::uint64_t to_stride);

}  // namespace lockstep
