#pragma once
// Reads the data of a job to find what training would refuse.

#include <string>
#include <vector>

#include "config/job.h"
#include "sets/dataset_sizes.h"

namespace lockstep {

// Reads the data as training does on one rank, so that it throws whatever training would throw, and
// returns the cautions of training. More data than one process should read is not read; a note says
// so. Does not communicate.
std::vector<std::string> cautions_of_data(const Job& job, const DatasetSizes& sizes);

}  // namespace lockstep
