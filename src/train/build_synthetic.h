#pragma once
// From the job's synthetic source to its points.

#include "config/job.h"
#include "data/synthetic.h"

namespace lockstep {

SyntheticSpec build_synthetic(const SyntheticSource& config);

}  // namespace lockstep
