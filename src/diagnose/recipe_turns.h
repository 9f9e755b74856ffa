#pragma once
// Which step of a recipe is next on a footing: the finished run whose job it changes.

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "config/job_file.h"
#include "records/diagnosis.h"
#include "records/recipe_trial.h"

namespace lockstep {

// A step that a program can take, and the job it makes, resolved.
struct OpenStep {
  RecipeStep step;
  std::string job;
};

// Pure. Of the diagnosis' steps those that keep what is measured and make a job that is
// not in `tried`. The same step on another footing makes another job, and so is open
// again.
std::vector<OpenStep> open_steps(const LoadedJob& footing, const Diagnosis& diagnosis,
                                 const std::set<std::string>& tried);

// Pure. Of the open steps against a problem the one whose turn it is: the kind that has
// been given up least often on any footing, then the very same lines, then the lecture's
// order. A kind that was kept goes on having its turn. Kinds that have been given up on
// run `footing` as often as `most_failures` are left out; none: all are.
std::optional<OpenStep> whose_turn(std::span<const OpenStep> open, const std::string& against,
                                   std::span<const RecipeTrial> trials, int footing,
                                   int most_failures);

}  // namespace lockstep
