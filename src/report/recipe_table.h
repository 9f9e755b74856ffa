#pragma once
// What a recipe tried and what it did, for people and for programs. The test
// error is in neither: nothing was chosen by it, and nothing should be.

#include <string>

#include "base/json_text.h"
#include "diagnose/recipe.h"

namespace lockstep {

// A table of the runs; then for each what was changed, why, and the outcome;
// then why the recipe ended and what is left to try.
std::string recipe_text(const RecipeResult& result);

// {"job", "runs", "stop_reason" (null: going on), "best" (number of a run; null:
// none), "as_good_within_chance" (runs that dev cannot tell from the best, itself counted),
// "assumed_base_error" (null: none is assumed; {"error", "run" whose training error it is,
// "steps_without_effect"}), "test", "trials": [{"run", "directory", "based_on", "against", "kind",
// "action", "reason", "expected", "step", "set", "outcome", "comparison", "verdict", "train_error",
// "train_dev_error", "dev_error", "avoidable_bias", "variance", "mismatch"}],
// "left": [steps]}. No timing, nothing of the layout.
Json recipe_json(const RecipeResult& result);

}  // namespace lockstep
