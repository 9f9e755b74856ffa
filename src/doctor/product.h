#pragma once
// Times the matrix product on this rank. Nothing here communicates.

#include "doctor/report.h"

namespace lockstep {

// The operations per second of one thread (a multiplication and an addition are two), by the
// median time of a product that is repeated for about `seconds`.
double flops_alone(const ProductShape& shape, double seconds);

// The same of each of `threads` threads that compute at the same time, with matrices of their own:
// the mean over threads and time, so that a core that threads share counts once.
double flops_together(const ProductShape& shape, int threads, double seconds);

}  // namespace lockstep
