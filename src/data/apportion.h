#pragma once
// Rounding of exact shares to whole numbers with given sums.

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// Rounds exact shares of n, whose sum is at most n up to rounding errors, to whole
// numbers, each within 1 of its share. What they leave of n is also within 1 of its
// exact value (largest remainders; the first among equals).
std::vector<std::uint64_t> whole_shares(std::span<const double> shares, std::uint64_t n);

// A table with the given sums of its rows and columns, each entry the exact
// share rows[r] * columns[c] / n rounded up or down; n, below 2^32, is the sum
// of all rows and of all columns. Such a table always exists: L. H. Cox, "A
// constructive procedure for unbiased controlled rounding", J. Am. Stat. Assoc.
// 82 (1987). Returned column by column: [columns][rows].
std::vector<std::vector<std::uint64_t>> whole_table(std::span<const std::uint64_t> rows,
                                                    std::span<const std::uint64_t> columns);

}  // namespace lockstep
