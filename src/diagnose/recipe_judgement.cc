#include "diagnose/recipe_judgement.h"

#include <cmath>
#include <cstddef>
#include <limits>

#include <fmt/format.h>

#include "base/binomial.h"
#include "base/check.h"
#include "base/number_text.h"
#include "diagnose/bias_variance.h"
#include "diagnose/recipe_draft.h"

namespace lockstep {
namespace {

PairedCounts counted(const ExampleErrors& first, const ExampleErrors& second) {
  PairedCounts counts{.n = first.size()};
  for (std::size_t i = 0; i < first.size(); ++i) {
    counts.both += first[i] != 0 && second[i] != 0 ? 1 : 0;
    counts.first_only += first[i] != 0 && second[i] == 0 ? 1 : 0;
    counts.second_only += first[i] == 0 && second[i] != 0 ? 1 : 0;
  }
  return counts;
}

// The mean of second - first, by the normal distribution.
Interval mean_difference_interval(const ExampleErrors& first, const ExampleErrors& second) {
  const auto n = static_cast<double>(first.size());
  const auto difference = [&](std::size_t i) { return static_cast<double>(second[i]) - first[i]; };
  double sum = 0;
  for (std::size_t i = 0; i < first.size(); ++i) sum += difference(i);
  const double mean = sum / n;
  double squares = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    squares += (difference(i) - mean) * (difference(i) - mean);
  }
  if (first.size() < 2) return interval_around(mean, std::numeric_limits<double>::infinity());
  return interval_around(mean, std::sqrt(squares / (n - 1) / n));
}

Interval interval_of_values(const JudgedError& before, const JudgedError& after) {
  const auto standard_error = [](const MeasuredError& of) {
    return (of.interval.high - of.error) / kNormal95;
  };
  const double first = standard_error(before.error);
  const double second = standard_error(after.error);
  return interval_around(after.error.error - before.error.error,
                         std::sqrt(first * first + second * second));
}

Interval interval_between(const JudgedError& before, const JudgedError& after) {
  const ExampleErrors& first = before.of_examples;
  const ExampleErrors& second = after.of_examples;
  const bool paired = !first.empty() && first.size() == second.size();
  if (before.of_values) {
    return paired ? mean_difference_interval(first, second) : interval_of_values(before, after);
  }
  if (paired) return paired_difference_interval(counted(first, second));
  return difference_interval(
      wrong_answers(before.error.error, before.error.examples), before.error.examples,
      wrong_answers(after.error.error, after.error.examples), after.error.examples);
}

std::string described(const char* name, const JudgedError& before, const JudgedError& after) {
  const bool chance = change_between(before, after) == Change::within_chance;
  return fmt::format("{} {} {} -> {}, {}", name, before.of_values ? "RMSE" : "error",
                     format_percent(before.error.error), format_percent(after.error.error),
                     chance ? "within chance" : "beyond chance");
}

}  // namespace

Change change_between(const JudgedError& before, const JudgedError& after) {
  const Interval change = interval_between(before, after);
  if (change.high < 0) return Change::fell;
  return change.low > 0 ? Change::rose : Change::within_chance;
}

Judgement judge_step(RecipeTarget against, const JudgedRun& before, const JudgedRun& after) {
  check(before.diagnosis.train && before.diagnosis.dev && after.diagnosis.train &&
            after.diagnosis.dev,
        "the runs of a recipe have errors");
  const bool of_values = before.diagnosis.of_values;
  const JudgedError dev_before{*before.diagnosis.dev, before.answers.dev, of_values};
  const JudgedError dev_after{*after.diagnosis.dev, after.answers.dev, of_values};
  const Change dev = change_between(dev_before, dev_after);
  const std::string of_dev = described("dev", dev_before, dev_after);
  if (against != RecipeTarget::bias) return {dev == Change::fell, of_dev};
  const JudgedError train_before{*before.diagnosis.train, before.answers.train, of_values};
  const JudgedError train_after{*after.diagnosis.train, after.answers.train, of_values};
  const Change train = change_between(train_before, train_after);
  return {train == Change::fell && dev != Change::rose,
          described("training", train_before, train_after) + "; " + of_dev};
}

}  // namespace lockstep
