#pragma once
// Whether a step of the recipe (lecture 1.3) is kept: first the training set is fitted,
// then variance is cured, each judged by the error it is about.

#include <string>

#include "train/diagnosis.h"

namespace lockstep {

enum class Change {
  fell,
  rose,
  within_chance,  // the 95 % interval of the difference has 0 in it
};

// From one error to another on the same set. Only the two counts are known, not which
// examples were wrong both times: the interval is Newcombe's for samples of their own,
// which is wider than one for pairs would be. So it errs on the side of the simpler job.
Change change_between(const MeasuredError& before, const MeasuredError& after);

struct Judgement {
  bool kept = false;
  std::string comparison;  // of the errors that it went by, for people
};

// Pure. A step against bias is kept when the training error falls beyond chance and the
// dev error does not rise beyond chance; any other step when the dev error falls beyond
// chance. A tie is not kept: the job as it was is the simpler one. Both diagnoses are of
// runs with a training error and a dev error.
Judgement judge_step(const std::string& against, const Diagnosis& before, const Diagnosis& after);

}  // namespace lockstep
