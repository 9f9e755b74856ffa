#pragma once
// The report of a run's start, or of its resumption.

#include "train/run_parts.h"
#include "train/run_position.h"

namespace lockstep {

// Collective. Reports the start of the run at `position`, and then what a person should know:
// notices of the starting weights, the lecture's cautions about the job and the data, and refused
// shared memory.
void report_start(const RunParts& parts, const RunPosition& position);

}  // namespace lockstep
