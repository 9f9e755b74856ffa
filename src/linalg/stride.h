#pragma once
// Where the rows of a buffer begin.

#include <cstdint>

namespace lockstep {

// Values of 4 bytes from one row to the next, for rows of `columns` values. Wide rows of whole
// cache lines would all begin in the same few sets of a cache.
constexpr std::uint64_t stride_of(std::uint64_t columns) {
  constexpr std::uint64_t kLine = 16;
  return columns >= 128 && columns % (4 * kLine) == 0 ? columns + kLine : columns;
}

}  // namespace lockstep
