#pragma once
// The data of trials: errors are compared only on the same data.

#include <span>
#include <vector>

#include "config/sweep.h"
#include "sweep/trial_record.h"
#include "sweep/trials.h"

namespace lockstep {

// Whether the training and dev sets of both trials come from the same files, read in the same way.
bool have_same_sources(const Trial& a, const Trial& b);

// Another trial that has read the same files and whose fingerprints are known: the first one by
// number; null if there is none. `records` has the record of every trial, by number.
const Trial* trial_with_same_sources(const Trial& trial, const std::vector<Trial>& trials,
                                     std::span<const TrialRecord> records);

// Throws Error(data), which names two trials, when they have read the same files with other
// content. Local.
void require_same_data(const SweepConfig& sweep, const std::vector<Trial>& trials,
                       std::span<const TrialRecord> records);

}  // namespace lockstep
