#pragma once
// The record of a run's start, built from the job and what was loaded. Pure.

#include <cstdint>

#include "config/job.h"
#include "records/observer.h"
#include "train/dataset.h"
#include "train/layout.h"
#include "train/step_counts.h"

namespace lockstep {

// `parameters`: of the network; `first_step`: steps done before. What names the program, the
// directory, the resolved job and the environment is left to the caller.
RunStart start_record(const Job& job, const Layout& layout, const Dataset& data,
                      const StepCounts& counts, std::uint64_t parameters, std::uint64_t first_step);

}  // namespace lockstep
