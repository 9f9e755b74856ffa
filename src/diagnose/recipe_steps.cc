#include "diagnose/recipe_steps.h"

#include <utility>

#include "diagnose/remedies.h"
#include "records/stop_reason.h"

namespace lockstep {

std::optional<bool> cost_was_falling(std::span<const Evaluation> evaluations) {
  if (evaluations.size() < 3) return std::nullopt;
  const Evaluation& last = evaluations.back();
  const double fifth_before = 0.8 * static_cast<double>(last.step);
  const Evaluation* before = nullptr;
  for (const Evaluation& evaluation : evaluations.first(evaluations.size() - 1)) {
    if (before == nullptr || static_cast<double>(evaluation.step) <= fifth_before) {
      before = &evaluation;
    }
  }
  constexpr double kFall = 0.02;
  return before->cost - last.cost >= kFall * before->cost;
}

std::vector<RecipeStep> recipe_steps(const LoadedJob& loaded, const Diagnosis& diagnosis,
                                     const RunFacts& facts) {
  RecipeDraft recipe(loaded, diagnosis, facts);
  if (facts.stop_reason == kInterrupted) {
    recipe.add("finish", "finish the run: resume it with --resume auto",
               "it was interrupted, and these are the errors of an unfinished training (1.3)",
               "the errors of the finished run", {});
  }
  make_measurable(recipe);
  recipe.now_against(RecipeTarget::bias);
  if (is_high(diagnosis.avoidable_bias)) against_bias(recipe);
  recipe.now_against(RecipeTarget::variance);
  if (is_high(diagnosis.variance)) against_variance(recipe);
  recipe.now_against(RecipeTarget::mismatch);
  if (is_high(diagnosis.mismatch)) against_mismatch(recipe);
  return std::move(recipe).steps();
}

}  // namespace lockstep
