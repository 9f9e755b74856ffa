#pragma once
// Refuses, before any trial is trained, sweeps with a trial that could not begin.

#include <cstdint>
#include <vector>

#include "config/sweep.h"
#include "sweep/trials.h"

namespace lockstep {

// Throws Error(usage) for the first trial with training.weights_from of which no layer has the name
// and shape of a layer there, for examples with `features` features. Loads each checkpoint once, on
// the calling process alone, and throws as load_model() does.
void check_warm_starts(const SweepConfig& sweep, const std::vector<Trial>& trials,
                       std::uint64_t features);

}  // namespace lockstep
