#pragma once
// Watches what the test binary allocates with new, to see that sizes read from
// damaged files are never used.

#include <cstddef>

namespace lockstep {

void reset_largest_allocation();
// Bytes of the largest single allocation since the last reset.
std::size_t largest_allocation();

}  // namespace lockstep
