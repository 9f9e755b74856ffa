#pragma once
// A recipe being written: what its remedies look at, and what they say it with.

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
  // All three must outlive it.
  RecipeDraft(const LoadedJob& loaded_job, const Diagnosis& its_diagnosis,
              const RunFacts& its_facts)
      : loaded(loaded_job), job(loaded_job.job), diagnosis(its_diagnosis), facts(its_facts) {}

  const LoadedJob& loaded;
  const Job& job;
  const Diagnosis& diagnosis;
  const RunFacts& facts;

  // What the steps added from now on are against: "doubt", "bias", ...
  void now_against(const std::string& problem) { against_ = problem; }

  // Adds a step unless its lines do not fit the job or change nothing. `set`: lines
  // for --set, none of a step that a person must take. `comparable`: whether the dev
  // errors before and after it are of the same dev set.
  void add(const std::string& kind, const std::string& action, const std::string& reason,
           const std::string& expected, const std::vector<std::string>& set,
           bool comparable = true);

  // The largest of a penalty's lambdas over all layers.
  [[nodiscard]] double largest_lambda(double LayerPenalty::*lambda) const;

  // Sets a lambda for all layers; where every layer has one of its own, those.
  [[nodiscard]] std::vector<std::string> lambda_lines(const std::string& name, double lambda) const;

  [[nodiscard]] std::vector<RecipeStep> steps() && { return std::move(steps_); }

 private:
  // Whether the job loads with `lines`, and is another one then.
  [[nodiscard]] bool is_changed_by(const std::vector<std::string>& lines) const;

  std::string against_ = "doubt";
  std::vector<RecipeStep> steps_;
};

bool is_high(const std::optional<ErrorGap>& gap);
bool is_uncertain(const std::optional<ErrorGap>& gap);

std::string percent(const std::optional<MeasuredError>& measured);  // "-": not measured

// To one significant digit, so that a suggestion looks like what it is: rough.
double rough(double value);

// "network.layer[LAYER].FIELD"
std::string layer_field(std::size_t layer, const std::string& field);

// "600, 200"; of very many, as in "3, 49 times 600".
std::string listed(const std::vector<std::string>& values);

}  // namespace lockstep
