#pragma once
// The number of features of the trials of a sweep.

#include <cstdint>
#include <vector>

#include "sweep/trials.h"

namespace lockstep {

// The number of features, from the files of the first trial. Throws as dataset_sizes() does, with a
// message that names the trials whose data are refused. Local.
std::uint64_t count_features(const SweepConfig& sweep, const std::vector<Trial>& trials);

}  // namespace lockstep
