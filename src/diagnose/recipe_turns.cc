#include "diagnose/recipe_turns.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace lockstep {
namespace {

std::ptrdiff_t failures(std::span<const RecipeTrial> trials, const auto& counts) {
  return std::ranges::count_if(
      trials, [&](const RecipeTrial& trial) { return trial.outcome != "kept" && counts(trial); });
}

// How often a step was given up: steps of its kind, then steps with exactly its lines.
std::pair<std::ptrdiff_t, std::ptrdiff_t> turns(const RecipeStep& step,
                                                std::span<const RecipeTrial> trials) {
  return {failures(trials, [&](const RecipeTrial& t) { return t.step.kind == step.kind; }),
          failures(trials, [&](const RecipeTrial& t) { return t.step.set == step.set; })};
}

}  // namespace

std::vector<OpenStep> open_steps(const LoadedJob& footing, const Diagnosis& diagnosis,
                                 const std::set<std::string>& tried) {
  std::vector<OpenStep> open;
  for (const RecipeStep& step : diagnosis.recipe) {
    if (step.set.empty() || !step.comparable) continue;
    std::string job = parse_job(footing.resolved_text, "resolved job", "/", step.set).resolved_text;
    if (!tried.contains(job)) open.push_back({step, std::move(job)});
  }
  return open;
}

std::optional<OpenStep> whose_turn(std::span<const OpenStep> open, const std::string& against,
                                   std::span<const RecipeTrial> trials, int footing,
                                   int most_failures) {
  const OpenStep* next = nullptr;
  for (const OpenStep& candidate : open) {
    const RecipeStep& step = candidate.step;
    if (step.against != against) continue;
    const auto here = failures(trials, [&](const RecipeTrial& trial) {
      return trial.based_on == footing && trial.step.against == against &&
             trial.step.kind == step.kind;
    });
    if (here >= most_failures) continue;
    if (next == nullptr || turns(step, trials) < turns(next->step, trials)) next = &candidate;
  }
  return next == nullptr ? std::nullopt : std::optional(*next);
}

}  // namespace lockstep
