#pragma once
// How expensive a trial is, compared with others.

#include <cstdint>

#include "config/job.h"

namespace lockstep {

// Estimate of the multiplications that all epochs or steps of a job take, for one row of a batch;
// `features`: number of an example's features. Pure.
double estimated_cost(const Job& job, std::uint64_t features);

}  // namespace lockstep
