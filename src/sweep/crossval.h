#pragma once
// The runs of a cross-validation (lecture 1.4) as the trials of a sweep: the test set of each is
// another fold of the training source.

#include <cstdint>
#include <string>
#include <vector>

#include "config/job_file.h"
#include "config/sweep_file.h"
#include "sweep/trials.h"

namespace lockstep {

struct CrossvalPlan {
  std::uint32_t folds = 0;
  std::uint32_t repeats = 1;  // each with a division into folds of its own
};

struct Crossval {
  LoadedSweep sweep;                    // names the runs; it comes from no file
  std::vector<Trial> trials;            // of repeat 0 by fold, of repeat 1, ...
  std::vector<std::string> notes = {};  // which sets of the job the folds replace, as lines
};

// Makes the runs of `job`, without its test set. Throws Error(usage) for a plan that cannot be, for
// a job that takes dev and test from data.held_out or saves no checkpoints, and for what makes the
// jobs with folds invalid. Local.
Crossval make_crossval(const LoadedJob& job, const CrossvalPlan& plan);

}  // namespace lockstep
