#pragma once
// Refuses, before any trial is trained, sweeps whose table would not show what was trained, and
// early termination that can end nothing.

#include <vector>

#include "config/sweep_file.h"
#include "sweep/trials.h"

namespace lockstep {

// Throws Error(usage) with all problems of this kind: a parameter that sets what another one sets,
// so that a value shown is not the one used; a `set` that parameters replace in every trial; two
// trials with the same job; fewer trials than random search has to make; early termination that
// comes after every trial's end; costs in different units. Pure.
void check_trials(const LoadedSweep& loaded, const std::vector<Trial>& trials);

}  // namespace lockstep
