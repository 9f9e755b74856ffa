#pragma once
// The floating-point mode of every thread that computes.

namespace lockstep {

// Treats denormal numbers as zero on the calling thread. Optimizer state of
// idle units decays into denormals, which CPUs handle a hundred times slower.
// Every computing thread sets it, so that results have the same bits on every layout.
void flush_denormals_to_zero();

}  // namespace lockstep
