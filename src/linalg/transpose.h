#pragma once
// Transposition of blocks of floats, or of pairs of numbers (linalg/pairs.h).

#include <cstdint>

namespace lockstep {

// Stores `from` [rows, columns], whose rows begin from_stride values apart, as `to`
// [columns, rows], whose rows begin to_stride values apart. They must not overlap.
template <typename T>
void transpose(const T* from, std::uint64_t from_stride, std::uint64_t rows, std::uint64_t columns,
               T* to, std::uint64_t to_stride);

}  // namespace lockstep
