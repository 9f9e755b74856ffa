#pragma once
// One run of a recipe (lecture 1.3), as it is told to people and programs.

#include <optional>
#include <string>
#include <vector>

#include "records/diagnosis.h"

namespace lockstep {

struct RecipeTrial {
  int number = 1;    // from 1; its results are in run-NN
  int based_on = 0;  // the run whose job the step changes; 0: none, the job as it is
  RecipeStep step;   // empty for the first run
  // "start", "kept", "discarded"; "diverged"; and before any run has come to a useful
  // end: "blown up" (a loss far above guessing), "trains" (the first that did not).
  std::string outcome;
  std::string comparison;        // of its errors with those of `based_on`; empty for the first
  std::vector<std::string> set;  // everything that is changed of the job as it was
  std::optional<Diagnosis> diagnosis;  // none of a run that diverged
};

}  // namespace lockstep
