#pragma once
// Builds the record of a run's start from the job and the loaded data. Pure.

#include <cstdint>

#include "comm/layout.h"
#include "config/job.h"
#include "records/run_start.h"
#include "sets/dataset.h"
#include "train/step_counts.h"

namespace lockstep {

// `parameters`: their number in the network; `first_step`: steps done before. The caller sets the
// program, the directory, the resolved job and the environment.
RunStart start_record(const Job& job, const Layout& layout, const Dataset& data,
                      const StepCounts& counts, std::uint64_t parameters, std::uint64_t first_step);

}  // namespace lockstep
