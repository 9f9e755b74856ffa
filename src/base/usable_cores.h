#pragma once
// The cores of this host that this process may use, which a launcher may have restricted.

#include <bitset>
#include <cstddef>

namespace lockstep {

constexpr std::size_t kMostCores = 1024;

// At least one.
std::bitset<kMostCores> usable_cores();

}  // namespace lockstep
