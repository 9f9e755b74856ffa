#pragma once
// Turns the job into the values that nn works with, once the data is known.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/range.h"
#include "config/job.h"
#include "nn/parameters.h"
#include "nn/regularizer.h"
#include "nn/spec.h"

namespace lockstep {

// The network of a job for examples with `features` features.
NetworkSpec build_network(const NetworkConfig& config, std::uint64_t features);

// The same network with the precision of evaluations.
NetworkSpec for_evaluation(NetworkSpec spec, const NetworkConfig& config);

// Whether a layer keeps its starting weights; `layer` counts from 0, and the output layer is last.
bool is_frozen(const NetworkConfig& config, std::size_t layer);

// The parameters of the frozen layers, ascending.
std::vector<Range> frozen_ranges(const NetworkConfig& config, const ParameterTable& table);

RegularizationSpec build_regularization(const Job& job);

}  // namespace lockstep
