#include "diagnose/recipe_judgement.h"

#include <fmt/format.h>

#include "base/check.h"
#include "diagnose/recipe_draft.h"

namespace lockstep {
namespace {

double wrong_answers(const MeasuredError& set) {
  return set.error * static_cast<double>(set.examples);
}

std::string described(const char* name, const MeasuredError& before, const MeasuredError& after) {
  const bool chance = change_between(before, after) == Change::within_chance;
  return fmt::format("{} error {} -> {}, {}", name, percent(before.error), percent(after.error),
                     chance ? "within chance" : "beyond chance");
}

}  // namespace

Change change_between(const MeasuredError& before, const MeasuredError& after) {
  const Interval change = difference_interval(wrong_answers(before), before.examples,
                                              wrong_answers(after), after.examples);
  if (change.high < 0) return Change::fell;
  return change.low > 0 ? Change::rose : Change::within_chance;
}

Judgement judge_step(const std::string& against, const Diagnosis& before, const Diagnosis& after) {
  check(before.train && before.dev && after.train && after.dev, "a recipe goes by errors");
  const Change dev = change_between(*before.dev, *after.dev);
  const std::string of_dev = described("dev", *before.dev, *after.dev);
  if (against != "bias") return {dev == Change::fell, of_dev};
  const Change train = change_between(*before.train, *after.train);
  return {train == Change::fell && dev != Change::rose,
          described("training", *before.train, *after.train) + "; " + of_dev};
}

}  // namespace lockstep
