#pragma once
// Whether this build can train a recorded run again.

#include <string>
#include <vector>

#include "train/environment.h"

namespace lockstep {

// Compares this build, `now`, with the one that trained a run, `run`; `start` has the facts of the
// checkpoint at which the verification begins, or none. Returns notices: of other sources, and of a
// build or of data that changed on resume. Throws Error(usage), with the build that is needed, when
// the version of the arithmetic is another one or changed within the run. Pure.
std::vector<std::string> compare_builds(const EnvironmentFacts& run, const EnvironmentFacts& start,
                                        const EnvironmentFacts& now);

}  // namespace lockstep
