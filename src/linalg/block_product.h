#pragma once
// Products of blocks of floats, of which all larger ones are made.

#include <cstdint>

namespace lockstep {

// C [rows, columns] = A [rows, depth] B [depth, columns], all stored row by row. The strides count
// values from one stored row to the next. C must not overlap A or B.
struct BlockProduct {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::uint64_t depth = 0;
  std::uint64_t a_stride = 0;
  std::uint64_t b_stride = 0;
  std::uint64_t c_stride = 0;
  bool a_is_transposed = false;  // A is stored as [depth, rows]
  bool continues = false;        // the chains start at the values of C instead of 0
};

}  // namespace lockstep
