#pragma once
// Sweeps whose table would not say what was trained, and termination that can end
// nothing: refused before any trial is trained.

#include <vector>

#include "config/sweep_file.h"
#include "sweep/trials.h"

namespace lockstep {

// Throws Error(usage) with everything of this kind that is wrong: a parameter that
// sets what another one sets, so that a value shown is not the one used; a `set`
// that parameters replace in every trial; two trials with one and the same job; fewer
// trials than random search is to make; early termination that comes after every
// trial's end. Pure.
void check_trials(const LoadedSweep& loaded, const std::vector<Trial>& trials);

}  // namespace lockstep
