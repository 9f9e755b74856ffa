#pragma once
// One run of a recipe (lecture 1.3), as reported to people and programs.

#include <optional>
#include <string>
#include <vector>

#include "records/diagnosis.h"

namespace lockstep {

struct RecipeTrial {
  int number = 1;    // from 1; its results are in run-NN
  int based_on = 0;  // the run whose job the step changes; 0: none, the original job
  RecipeStep step;   // empty for the first run
  // "start", "kept", "discarded"; "diverged"; and before any run has ended usefully: "blown up" (a
  // loss far above guessing), "trains" (the first run that did not blow up).
  std::string outcome;
  std::string comparison;  // its errors compared with those of `based_on`; empty for the first
  std::vector<std::string> set;        // all changes to the original job
  std::optional<Diagnosis> diagnosis;  // none for a run that diverged
};

}  // namespace lockstep
