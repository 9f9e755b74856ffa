#pragma once
// Turns the job into the values that nn works with, once the data is known.

#include <cstdint>

#include "config/job.h"
#include "nn/regularizer.h"
#include "nn/spec.h"

namespace lockstep {

// The network of a job for examples with `features` features.
NetworkSpec build_network(const NetworkConfig& config, std::uint64_t features);

// The same network with the precision of evaluations.
NetworkSpec for_evaluation(NetworkSpec spec, const NetworkConfig& config);

RegularizationSpec build_regularization(const Job& job);

}  // namespace lockstep
