#include "diagnose/recipe_winner.h"

#include <algorithm>
#include <tuple>

#include "diagnose/recipe_judgement.h"

namespace lockstep {

int best_contender(std::span<const RecipeContender> contenders, const std::set<int>& excluded) {
  const auto rank = [](const RecipeContender& contender) {
    return std::tuple(contender.dev.error, contender.parameters, contender.run);
  };
  const RecipeContender* best = nullptr;
  for (const RecipeContender& contender : contenders) {
    if (excluded.contains(contender.run)) continue;
    if (best == nullptr || rank(contender) < rank(*best)) best = &contender;
  }
  return best == nullptr ? 0 : best->run;
}

int as_good_within_chance(std::span<const RecipeContender> contenders, int best) {
  const auto of_best = std::ranges::find(contenders, best, &RecipeContender::run);
  if (of_best == contenders.end()) return 0;
  return static_cast<int>(std::ranges::count_if(contenders, [&](const RecipeContender& other) {
    const auto judged = [](const RecipeContender& of) {
      return JudgedError{of.dev, of.of_examples, of.of_values};
    };
    return other.run == best ||
           change_between(judged(*of_best), judged(other)) == Change::within_chance;
  }));
}

}  // namespace lockstep
