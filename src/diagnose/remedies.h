#pragma once
// The remedies of the basic recipe (lecture 1.3), one file for each problem. Each
// adds its steps to the recipe in the lecture's order.

#include "diagnose/recipe_draft.h"

namespace lockstep {

// Sets that a verdict needs and that the job lacks or has too small (1.1).
void make_measurable(RecipeDraft& recipe);

// High bias: bigger network, longer training, another optimizer (inputs normalized
// first, 1.9), learning rate, schedule or batch size, less regularization (1.5), another
// architecture.
void against_bias(RecipeDraft& recipe);

// High variance: more data, L2 (1.4), dropout (1.7), a bigger network with more dropout,
// augmentation of images and early stopping (1.8), a schedule, another architecture.
void against_variance(RecipeDraft& recipe);

// For a training whose cost became infinite, NaN or very large: a tenth of its learning rate. Not
// part of a diagnosis, because there is none.
RecipeStep against_divergence(const Job& job);

// Data mismatch: training data more like dev (1.1).
void against_mismatch(RecipeDraft& recipe);

}  // namespace lockstep
