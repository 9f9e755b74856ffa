#pragma once
// How much memory this process has used.

#include <cstdint>

namespace lockstep {

// The most that was resident at a time, of this program alone (Linux's VmHWM):
// what a parent had before it started the program does not count, as it does in
// getrusage. 0 where it cannot be told.
std::uint64_t peak_memory_bytes();

}  // namespace lockstep
