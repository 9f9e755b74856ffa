#include "diagnose/recipe_turns.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace lockstep {
namespace {

std::ptrdiff_t failures(std::span<const RecipeRun> runs, const auto& counts) {
  return std::ranges::count_if(runs, [&](const RecipeRun& run) {
    return run.outcome != RecipeOutcome::kept && counts(run);
  });
}

// How often a step was given up: steps of its kind, then steps with exactly its lines.
std::pair<std::ptrdiff_t, std::ptrdiff_t> turns(const RecipeStep& step,
                                                std::span<const RecipeRun> runs) {
  return {failures(runs, [&](const RecipeRun& run) { return run.step.kind == step.kind; }),
          failures(runs, [&](const RecipeRun& run) { return run.step.set == step.set; })};
}

}  // namespace

std::vector<OpenStep> open_steps(const LoadedJob& footing, const Diagnosis& diagnosis,
                                 const std::set<std::string>& tried) {
  std::vector<OpenStep> open;
  for (const RecipeStep& step : diagnosis.recipe) {
    if (step.set.empty() || !step.comparable) continue;
    std::string job = parse_resolved_job(footing.resolved_text, step.set).resolved_text;
    if (!tried.contains(job)) open.push_back({step, std::move(job)});
  }
  return open;
}

std::optional<OpenStep> whose_turn(std::span<const OpenStep> open, RecipeTarget against,
                                   std::span<const RecipeRun> runs, int footing,
                                   int most_failures) {
  const OpenStep* next = nullptr;
  for (const OpenStep& candidate : open) {
    const RecipeStep& step = candidate.step;
    if (step.against != against) continue;
    const auto here = failures(runs, [&](const RecipeRun& run) {
      return run.based_on == footing && run.step.against == against && run.step.kind == step.kind;
    });
    if (here >= most_failures) continue;
    if (next == nullptr || turns(step, runs) < turns(next->step, runs)) next = &candidate;
  }
  return next == nullptr ? std::nullopt : std::optional(*next);
}

}  // namespace lockstep
