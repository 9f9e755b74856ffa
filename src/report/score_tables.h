#pragma once
// The scores of an evaluation, for people and for programs.

#include <string>

#include "base/json_text.h"
#include "evaluate/score_examples.h"

namespace lockstep {

// What the scores are of.
struct ScoredSet {
  std::string kind;  // its key in JSON: "split", a set of the job, or "data", a file
  std::string name;
};

// Error with its 95% interval, cost, scores of each class and the confusion matrix. Beyond
// 20 classes or units, the scores are those of the 20 worst, and a line replaces the matrix.
std::string score_text(const CheckpointScores& scores, const ScoredSet& set);

// All scores as JSON, whatever the number of classes.
Json score_json(const CheckpointScores& scores, const ScoredSet& set);

}  // namespace lockstep
