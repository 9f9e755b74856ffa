#pragma once
// A trial in the run directory of a sweep or of a part of one.

#include <filesystem>
#include <optional>
#include <string>

#include "config/sweep.h"
#include "sweep/trial_record.h"
#include "sweep/trials.h"

namespace lockstep {

// The digest of a trial's resolved job. Pure.
std::string digest_of_job(const Trial& trial);

// The record of the trial that the run directory holds; none if it was never begun there. Throws
// Error(usage) with the fields that differ when it was begun with another job, because the base
// job or a default has changed since, and Error(data, missing_input) as read_record does. Local.
std::optional<TrialRecord> read_stored_trial(const SweepConfig& sweep, const Trial& trial,
                                             const std::filesystem::path& run_dir);

}  // namespace lockstep
