#pragma once
// Selects whole groups whose sizes add up to a wanted number as nearly as possible.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// The ascending indices of those of `sizes` (fewer than 2^32, each above 0) whose sum is nearest to
// `wanted`. The smaller of two equally near sums wins; among subsets with the same sum, the one
// whose last group comes earliest. This is an exact subset sum: it keeps the reachable sums below
// 2 * wanted as bits, in time groups * wanted / 32, and stops when `wanted` is reached.
std::vector<std::size_t> nearest_subset(std::span<const std::uint64_t> sizes, std::uint64_t wanted);

}  // namespace lockstep
