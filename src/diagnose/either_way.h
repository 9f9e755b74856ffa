#pragma once
// Remedies that may help against bias and against variance alike. `problem` begins the
// reason: "high bias".

#include <string>

#include "diagnose/recipe_draft.h"

namespace lockstep {

// A learning rate that falls to 0 along a cosine, where it is constant: the noise of
// mini-batches dies down. On average it is half as large, so training is twice as long.
void decaying_learning_rate(RecipeDraft& recipe, const std::string& problem);

// One more hidden layer like the last, up to 8: beyond that, a person should decide.
void deeper_network(RecipeDraft& recipe, const std::string& kind, const std::string& problem,
                    const std::string& expected);

}  // namespace lockstep
