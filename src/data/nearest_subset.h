#pragma once
// Whole groups whose sizes add up to what is wanted, as near as they can.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// The numbers of those of `sizes` (fewer than 2^32, each above 0) whose sum is nearest to `wanted`,
// the smaller sum of two that are as near; ascending, and of all such subsets one that makes do
// with the first groups. An exact subset sum: bits of reachable sums below 2 * wanted, in time
// groups * wanted / 32, until `wanted` itself is reached.
std::vector<std::size_t> nearest_subset(std::span<const std::uint64_t> sizes, std::uint64_t wanted);

}  // namespace lockstep
