#pragma once
// One run of a recipe (lecture 1.3), as reported to people and programs.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "records/diagnosis.h"

namespace lockstep {

enum class RecipeOutcome {
  start,  // the first run
  kept,
  discarded,
  diverged,
  // Before any run has ended usefully:
  blown_up,  // ended with a loss far above that of guessing
  trains,    // the first run that neither diverged nor blew up
};

constexpr auto enum_names(RecipeOutcome) {
  using enum RecipeOutcome;
  return std::to_array<EnumName<RecipeOutcome>>({{start, "start"},
                                                 {kept, "kept"},
                                                 {discarded, "discarded"},
                                                 {diverged, "diverged"},
                                                 {blown_up, "blown up"},
                                                 {trains, "trains"}});
}

// Why a recipe ended.
enum class RecipeEnd {
  neither,    // nothing is high any more
  budget,     // it has trained as many runs as it may
  exhausted,  // no step is left that a program can take
  uncertain,  // the sets are too small for a verdict
  diverged,   // the original job, and every smaller learning rate that was tried
  interrupted,
};

constexpr auto enum_names(RecipeEnd) {
  using enum RecipeEnd;
  return std::to_array<EnumName<RecipeEnd>>({{neither, "neither"},
                                             {budget, "budget"},
                                             {exhausted, "exhausted"},
                                             {uncertain, "uncertain"},
                                             {diverged, "diverged"},
                                             {interrupted, "interrupted"}});
}

struct RecipeRun {
  int number = 1;    // from 1; its results are in run-NN
  int based_on = 0;  // the run whose job the step changes; 0: none, the original job
  RecipeStep step;   // empty for the first run
  RecipeOutcome outcome = RecipeOutcome::start;
  std::string comparison;  // its errors compared with those of `based_on`; empty for the first
  std::vector<std::string> set;        // all changes to the original job
  std::optional<Diagnosis> diagnosis;  // none for a run that diverged
};

}  // namespace lockstep
