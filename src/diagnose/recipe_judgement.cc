#include "diagnose/recipe_judgement.h"

#include <cstddef>

#include <fmt/format.h>

#include "base/binomial.h"
#include "base/check.h"
#include "base/number_text.h"
#include "diagnose/recipe_draft.h"

namespace lockstep {
namespace {

double wrong_answers(const MeasuredError& set) {
  return set.error * static_cast<double>(set.examples);
}

PairedCounts counted(const WrongAnswers& first, const WrongAnswers& second) {
  PairedCounts counts{.n = first.size()};
  for (std::size_t i = 0; i < first.size(); ++i) {
    counts.both += first[i] & second[i];
    counts.first_only += first[i] & (1U - second[i]);
    counts.second_only += (1U - first[i]) & second[i];
  }
  return counts;
}

Interval interval_between(const JudgedError& before, const JudgedError& after) {
  const bool paired = !before.wrong.empty() && before.wrong.size() == after.wrong.size();
  if (paired) return paired_difference_interval(counted(before.wrong, after.wrong));
  return difference_interval(wrong_answers(before.error), before.error.examples,
                             wrong_answers(after.error), after.error.examples);
}

std::string described(const char* name, const JudgedError& before, const JudgedError& after) {
  const bool chance = change_between(before, after) == Change::within_chance;
  return fmt::format("{} error {} -> {}, {}", name, format_percent(before.error.error),
                     format_percent(after.error.error), chance ? "within chance" : "beyond chance");
}

}  // namespace

Change change_between(const JudgedError& before, const JudgedError& after) {
  const Interval change = interval_between(before, after);
  if (change.high < 0) return Change::fell;
  return change.low > 0 ? Change::rose : Change::within_chance;
}

Judgement judge_step(const std::string& against, const JudgedRun& before, const JudgedRun& after) {
  check(before.diagnosis.train && before.diagnosis.dev && after.diagnosis.train &&
            after.diagnosis.dev,
        "the runs of a recipe have errors");
  const JudgedError dev_before{*before.diagnosis.dev, before.answers.dev};
  const JudgedError dev_after{*after.diagnosis.dev, after.answers.dev};
  const Change dev = change_between(dev_before, dev_after);
  const std::string of_dev = described("dev", dev_before, dev_after);
  if (against != "bias") return {dev == Change::fell, of_dev};
  const JudgedError train_before{*before.diagnosis.train, before.answers.train};
  const JudgedError train_after{*after.diagnosis.train, after.answers.train};
  const Change train = change_between(train_before, train_after);
  return {train == Change::fell && dev != Change::rose,
          described("training", train_before, train_after) + "; " + of_dev};
}

}  // namespace lockstep
