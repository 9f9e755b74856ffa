#pragma once
// The scores of an evaluation, for people and for programs.

#include <string>

#include "base/json_text.h"
#include "train/evaluate_checkpoint.h"

namespace lockstep {

// Error with its 95 % interval, cost, scores of each class and the confusion
// matrix, which is left out, saying so, beyond 20 classes; scores of the 20
// worst classes or units then.
std::string score_text(const CheckpointScores& scores, const std::string& split);

// All of it, whatever the number of classes.
Json score_json(const CheckpointScores& scores, const std::string& split);

}  // namespace lockstep
