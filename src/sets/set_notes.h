#pragma once
// What a user should know of the sets of a job before training (1.1).

#include <string>
#include <vector>

#include "config/job.h"
#include "sets/dataset_sizes.h"

namespace lockstep {

// Sentences without a full stop, each only where it applies. Pure.
std::vector<std::string> notes_on_sets(const Job& job, const DatasetSizes& sizes);

}  // namespace lockstep
