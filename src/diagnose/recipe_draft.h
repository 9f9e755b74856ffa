#pragma once
// A recipe being written: the data for its remedies, and helpers for their texts.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/job_file.h"
#include "diagnose/recipe_steps.h"
#include "records/diagnosis.h"

namespace lockstep {

class RecipeDraft {
 public:
  // All three arguments must live longer than this.
  RecipeDraft(const LoadedJob& loaded_job, const Diagnosis& its_diagnosis,
              const RunFacts& its_facts)
      : loaded(loaded_job), job(loaded_job.job), diagnosis(its_diagnosis), facts(its_facts) {}

  const LoadedJob& loaded;
  const Job& job;
  const Diagnosis& diagnosis;
  const RunFacts& facts;

  // Sets the problem that the following steps are against; at first doubt.
  void now_against(RecipeTarget problem) { against_ = problem; }

  // Adds a step unless its lines do not fit the job or change nothing. `set`: lines for --set,
  // none for a step that a person must take. `comparable`: whether the dev errors before and after
  // it are of the same dev set.
  void add(const std::string& kind, const std::string& action, const std::string& reason,
           const std::string& expected, const std::vector<std::string>& set,
           bool comparable = true);

  // The largest of a penalty's lambdas over all layers.
  [[nodiscard]] double largest_lambda(double LayerPenalty::*lambda) const;

  // Lines that set a lambda for all layers, or for each layer if every layer has its own.
  [[nodiscard]] std::vector<std::string> lambda_lines(const std::string& name, double lambda) const;

  [[nodiscard]] std::vector<RecipeStep> steps() && { return std::move(steps_); }

 private:
  // Whether the job loads with `lines` and differs from the job without them.
  [[nodiscard]] bool is_changed_by(const std::vector<std::string>& lines) const;

  RecipeTarget against_ = RecipeTarget::doubt;
  std::vector<RecipeStep> steps_;
};

bool is_high(const std::optional<ErrorGap>& gap);
bool is_uncertain(const std::optional<ErrorGap>& gap);

std::string percent(const std::optional<MeasuredError>& measured);  // "-": not measured

// Rounds to one significant digit, so that a suggestion looks approximate.
double rough(double value);

// The text "network.layer[LAYER].FIELD".
std::string layer_field(std::size_t layer, const std::string& field);

// Text such as "600, 200"; for very many values such as "3, 49 times 600".
std::string listed(const std::vector<std::string>& values);

}  // namespace lockstep
