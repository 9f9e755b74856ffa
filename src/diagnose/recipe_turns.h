#pragma once
// Decides which step of a recipe is next on a footing, the finished run whose job it changes.

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "config/job_file.h"
#include "records/diagnosis.h"
#include "records/recipe_run.h"

namespace lockstep {

// A step that a program can take, with the resolved job that it makes.
struct OpenStep {
  RecipeStep step;
  std::string job;
};

// Pure. The diagnosis' steps that do not change what is measured and make a job that is not in
// `tried`. The same step on another footing makes another job, and so is open again.
std::vector<OpenStep> open_steps(const LoadedJob& footing, const Diagnosis& diagnosis,
                                 const std::set<std::string>& tried);

// Pure. Returns the step against a problem whose turn it is: the kind that has been given up least
// often on any footing, then the same lines that have, then the lecture's order. A kind that was
// kept stays in turn. Kinds that have been given up `most_failures` times on run `footing` are
// left out; none: all are left out.
std::optional<OpenStep> whose_turn(std::span<const OpenStep> open, RecipeTarget against,
                                   std::span<const RecipeRun> runs, int footing, int most_failures);

}  // namespace lockstep
