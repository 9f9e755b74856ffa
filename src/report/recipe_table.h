#pragma once
// The steps that a recipe tried and their effects, for people and for programs. Only the best
// run has a test error, measured at the end: nothing was chosen by it, and nothing should be.

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/json_text.h"
#include "diagnose/recipe_book.h"

namespace lockstep {

// A table of the runs; then for each run what was changed, why, and the outcome; then
// why the recipe ended and what is left to try.
std::string recipe_text(const RecipeResult& result);

// {"job", "errors_are" ("error_rate" or "relative_rmse"), "runs", "stop_reason" (null: not ended),
// "best" (number of a run; null: none), "as_good_within_chance" (number of runs that dev cannot
// distinguish from the best, including the best), "assumed_base_error" (null: none is assumed;
// {"error", "run" whose training error it is, "steps_without_effect"}), "test", "trials": [{"run",
// "directory", "based_on", "against", "kind", "action", "reason", "expected", "step", "set",
// "outcome", "comparison", "verdict", "train_error", "train_dev_error", "dev_error",
// "avoidable_bias", "variance", "mismatch"}], "left": [steps]}. It has no timings and does not
// depend on the layout.
Json recipe_json(const RecipeResult& result);

// The number of runs in the recipe.json of `directory`; 0 when there is none. Throws Error(io).
std::size_t recorded_runs(const std::filesystem::path& directory);

}  // namespace lockstep
