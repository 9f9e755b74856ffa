#pragma once
// Decides whether a step of the recipe (lecture 1.3) is kept: first the training set is fitted,
// then variance is reduced; each step is judged by the error that it aims at.

#include <string>

#include "metrics/answers.h"
#include "records/diagnosis.h"

namespace lockstep {

enum class Change {
  fell,
  rose,
  within_chance,  // the 95% interval of the difference includes 0
};

// A run's error on a set, and those of its examples, if they are known.
struct JudgedError {
  const MeasuredError& error;
  const ExampleErrors& of_examples;
  bool of_values = false;  // as in Diagnosis
};

// The change from one error to another on the same set, by Newcombe's interval for pairs or, of
// values, by the interval of the mean of the differences between squared errors. If the errors of
// examples are not known for both runs, the interval for independent samples is used; it is wider,
// and so favours the simpler job.
Change change_between(const JudgedError& before, const JudgedError& after);

// The part of a run on which its judgement depends.
struct JudgedRun {
  const Diagnosis& diagnosis;
  const Answers& answers;
};

struct Judgement {
  bool kept = false;
  std::string comparison;  // comparison of the judged errors, for people
};

// Pure. A step against bias is kept when the training error falls beyond chance and the dev error
// does not rise beyond chance; any other step when the dev error falls beyond chance. A tie is not
// kept, because the previous job is the simpler one. Both diagnoses are of runs with a training
// error and a dev error.
Judgement judge_step(RecipeTarget against, const JudgedRun& before, const JudgedRun& after);

}  // namespace lockstep
