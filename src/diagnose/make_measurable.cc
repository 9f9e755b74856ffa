#include "base/number_text.h"
#include "diagnose/remedies.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/binomial.h"

namespace lockstep {
namespace {

// 20% of few examples, a few percent of many, and 10,000 of very many (1.1).
std::uint64_t sensible_dev_size(const RecipeDraft& recipe) {
  const std::uint64_t m = recipe.facts.train_examples;
  const std::uint64_t size = m <= 10'000 ? m / 5 : std::min<std::uint64_t>(m / 10, 10'000);
  return std::max<std::uint64_t>(size, 1);
}

void suggest_larger_dev_set(RecipeDraft& recipe, double variance) {
  const std::uint64_t needed = examples_for_half_width(
      recipe.diagnosis.dev ? recipe.diagnosis.dev->error : 0.5, std::max(variance / 2, 0.001));
  const bool from_train = recipe.job.data.split.dev && !recipe.job.data.held_out;
  const bool enough = needed < (recipe.facts.train_examples + recipe.facts.dev_examples) / 2;
  std::vector<std::string> lines;
  if (from_train && enough && needed > recipe.facts.dev_examples) {
    lines.push_back(fmt::format("data.split.dev.count={}", needed));
  }
  recipe.add("dev set", fmt::format("a dev set of about {} examples", needed),
             fmt::format("{} dev examples cannot tell a variance of {} from chance (1.1)",
                         recipe.facts.dev_examples, format_percent(variance)),
             "a verdict on variance", lines, false);
}

}  // namespace

void make_measurable(RecipeDraft& recipe) {
  if (!recipe.diagnosis.train) return;  // no error rate: no set would help
  if (!recipe.diagnosis.variance) {
    recipe.add("dev set", "hold out a dev set",
               "without one, neither variance nor the best model can be determined (1.1)",
               "a verdict on variance",
               {fmt::format("data.split.dev.count={}", sensible_dev_size(recipe))}, false);
  }
  if (recipe.diagnosis.variance_may_be_mismatch && is_high(recipe.diagnosis.variance)) {
    recipe.add(
        "train-dev set", "hold a train-dev set out of the training source",
        "dev has another source than train: only examples held out of the training source tell "
        "variance from mismatch (1.1)",
        "a verdict on each of the two",
        {fmt::format("data.split.train_dev.count={}",
                     std::min(recipe.facts.dev_examples, recipe.facts.train_examples / 10 + 1))},
        false);
  }
  if (recipe.diagnosis.variance && is_uncertain(recipe.diagnosis.variance)) {
    suggest_larger_dev_set(recipe, recipe.diagnosis.variance->value);
  }
}

}  // namespace lockstep
