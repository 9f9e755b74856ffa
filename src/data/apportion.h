#pragma once
// Whole numbers that keep to exact shares as near as whole numbers can.

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// The exact shares of n, their sum at most n (as far as rounding goes), as whole
// numbers, each within 1 of its share, and so that what is left is within 1 of
// what should be (largest remainders; the first among equals).
std::vector<std::uint64_t> whole_shares(std::span<const double> shares, std::uint64_t n);

// A table with the given sums of its rows and columns, each entry the exact
// share rows[r] * columns[c] / n rounded up or down; n, below 2^32, is the sum
// of all rows and of all columns. Such a table always exists: L. H. Cox, "A
// constructive procedure for unbiased controlled rounding", J. Am. Stat. Assoc.
// 82 (1987). Returned column by column: [columns][rows].
std::vector<std::vector<std::uint64_t>> whole_table(std::span<const std::uint64_t> rows,
                                                    std::span<const std::uint64_t> columns);

}  // namespace lockstep
