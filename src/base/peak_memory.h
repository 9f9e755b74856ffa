#pragma once
// How much memory this process has used.

#include <cstdint>

namespace lockstep {

// Peak resident memory of this program alone (Linux's VmHWM). Unlike getrusage, it does
// not count what the parent process had resident before it started the program. 0 where
// it is unknown.
std::uint64_t peak_memory_bytes();

}  // namespace lockstep
