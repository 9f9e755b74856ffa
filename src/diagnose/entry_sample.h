#pragma once
// Chooses the entries of theta that a gradient check compares (lecture 1.13). Pure functions, the
// same on every rank.

#include <cstdint>
#include <vector>

#include "nn/parameters.h"

namespace lockstep {

// Entries of the flat parameter vector, ascending: `per_tensor` entries of each tensor, drawn with
// a key from `seed` without repetition, or all entries of a tensor that has no more.
std::vector<std::uint64_t> sample_entries(const ParameterTable& table, std::uint64_t per_tensor,
                                          std::uint32_t seed);

}  // namespace lockstep
