#pragma once
// What `lockstep plan` and `lockstep slurm` know of the machines that a job will run on.

#include <string>

#include "config/job.h"
#include "train/step_prediction.h"

namespace lockstep {

// The latency between hosts where nothing was measured: an Ethernet network of today has 20 to 60
// microseconds.
constexpr double kUsualLatencySeconds = 50e-6;

// Trains steps of `job` on this machine for a second or two, with `threads` threads, to see how
// long they take. The link between hosts is that of the job (exchange.link_gigabits_per_second).
// Reads the job's data. Does not communicate. Throws as load_dataset and measure_steps do.
MachineRates measure_rates(const Job& job, int threads);

// Replaces what is assumed of the links by what `lockstep doctor --json` has measured: the slowest
// link while both ends send, and the middle latency. Slows computation as its ranks slowed each
// other down. Returns whether the report has links: one
// host has none. Throws Error(missing_input) and Error(data) naming the file.
bool take_doctors_rates(const std::string& file, MachineRates& rates);

}  // namespace lockstep
