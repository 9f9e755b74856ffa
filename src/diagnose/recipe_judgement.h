#pragma once
// Whether a step of the recipe (lecture 1.3) is kept: first the training set is fitted,
// then variance is cured, each judged by the error it is about.

#include <string>

#include "records/diagnosis.h"
#include "train/answers.h"

namespace lockstep {

enum class Change {
  fell,
  rose,
  within_chance,  // the 95 % interval of the difference has 0 in it
};

// A run's error on a set, and which examples it gets wrong, where that is known.
struct JudgedError {
  const MeasuredError& error;
  const WrongAnswers& wrong;
};

// From one error to another on the same set, by Newcombe's interval for pairs. Where it is
// not known which examples were wrong both times, by the one for samples of their own,
// which is wider, and so errs on the side of the simpler job.
Change change_between(const JudgedError& before, const JudgedError& after);

// What the judgement of a run goes by.
struct JudgedRun {
  const Diagnosis& diagnosis;
  const Answers& answers;
};

struct Judgement {
  bool kept = false;
  std::string comparison;  // of the errors that it went by, for people
};

// Pure. A step against bias is kept when the training error falls beyond chance and the
// dev error does not rise beyond chance; any other step when the dev error falls beyond
// chance. A tie is not kept: the job as it was is the simpler one. Both diagnoses are of
// runs with a training error and a dev error.
Judgement judge_step(const std::string& against, const JudgedRun& before, const JudgedRun& after);

}  // namespace lockstep
