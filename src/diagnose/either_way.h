#pragma once
// Remedies that may help both against bias and against variance. `problem` begins the reason, for
// example "high bias".

#include <string>

#include "diagnose/recipe_draft.h"

namespace lockstep {

// Suggests a learning rate that falls to 0 along a cosine, if it is constant now: the noise of
// mini-batches dies down. On average the rate is half as large, so training is twice as long.
void decaying_learning_rate(RecipeDraft& recipe, const std::string& problem);

// Suggests one more hidden layer like the last, up to 8 layers; beyond that, a person should
// decide.
void deeper_network(RecipeDraft& recipe, const std::string& kind, const std::string& problem,
                    const std::string& expected);

}  // namespace lockstep
