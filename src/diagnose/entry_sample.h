#pragma once
// Which entries of theta a gradient check looks at (lecture 1.13). Pure
// functions, the same on every rank.

#include <cstdint>
#include <vector>

#include "nn/parameters.h"

namespace lockstep {

// Entries of the flat parameter vector, ascending: of each tensor `per_tensor`
// of its entries, drawn by a key of `seed` without repetition, or all of a
// tensor that has no more.
std::vector<std::uint64_t> sample_entries(const ParameterLayout& layout, std::uint64_t per_tensor,
                                          std::uint32_t seed);

}  // namespace lockstep
