#include "diagnose/bias_variance.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/number_text.h"
#include "records/missing_sets.h"

namespace lockstep {
namespace {

std::optional<MeasuredError> measured_if(const std::optional<SetError>& set) {
  return set ? std::optional(measured(*set)) : std::nullopt;
}

ErrorGap gap_between(const SetError& first, const SetError& second) {
  ErrorGap gap;
  gap.value = second.error - first.error;
  if (first.standard_error && second.standard_error) {
    gap.interval =
        interval_around(gap.value, std::sqrt(*first.standard_error * *first.standard_error +
                                             *second.standard_error * *second.standard_error));
    return gap;
  }
  gap.interval = difference_interval(wrong_answers(first.error, first.examples), first.examples,
                                     wrong_answers(second.error, second.examples), second.examples);
  return gap;
}

// The base error is given and not measured, so only the training error is uncertain.
ErrorGap avoidable_bias(const MeasuredError& train, double base) {
  ErrorGap gap;
  gap.value = std::max(0.0, train.error - base);
  gap.interval = {std::max(0.0, train.interval.low - base),
                  std::max(0.0, train.interval.high - base)};
  return gap;
}

double part_of(const std::optional<ErrorGap>& gap) { return gap ? std::max(0.0, gap->value) : 0; }

// Allows for rounding: 0.3 - 0.28 is a little below 0.02.
constexpr double kRounding = 1e-12;

void judge(std::optional<ErrorGap>& gap, double all, const DiagnosisConfig& config) {
  if (!gap) return;
  gap->share = all > 0 ? part_of(gap) / all : 0;
  const bool large =
      gap->value >= config.high_gap - kRounding && gap->share >= config.high_share - kRounding;
  const bool beyond_chance = gap->interval.low > 0;
  gap->level = !large ? GapLevel::low : beyond_chance ? GapLevel::high : GapLevel::uncertain;
}

std::string points(double gap) { return format_points(gap) + " points"; }

struct NamedGap {
  const char* name;
  const std::optional<ErrorGap>& gap;
};

std::vector<NamedGap> gaps_of(const Diagnosis& diagnosis) {
  return {{"bias", diagnosis.avoidable_bias},
          {diagnosis.variance_may_be_mismatch ? "variance or mismatch" : "variance",
           diagnosis.variance},
          {"mismatch", diagnosis.mismatch}};
}

std::string verdict_of(const Diagnosis& diagnosis) {
  std::vector<std::string> high;
  bool uncertain = false;
  for (const auto& [name, gap] : gaps_of(diagnosis)) {
    if (!gap) continue;
    if (gap->level == GapLevel::high) high.emplace_back(name);
    if (gap->level == GapLevel::uncertain) uncertain = true;
  }
  if (!high.empty()) return fmt::format("{}", fmt::join(high, " and "));
  if (uncertain) return kUncertain;
  return diagnosis.variance ? kNeitherIsHigh : kNoVerdict;
}

void note_uncertainty(Diagnosis& diagnosis) {
  for (const auto& [name, gap] : gaps_of(diagnosis)) {
    if (!gap || gap->level != GapLevel::uncertain) continue;
    diagnosis.notes.push_back(fmt::format(
        "the {} of {} may be chance: its 95% interval is {} to {}; larger sets would "
        "decide this (1.1)",
        name, points(gap->value), points(gap->interval.low), points(gap->interval.high)));
  }
}

void note_hidden_gaps(Diagnosis& diagnosis) {
  for (const auto& [name, gap] : gaps_of(diagnosis)) {
    if (!gap || gap->level != GapLevel::low || gap->interval.low <= 0) continue;
    if (gap->value < diagnosis.high_gap - kRounding) continue;
    diagnosis.notes.push_back(
        fmt::format("the {} of {} is low only beside the other gaps, {} of their sum; it "
                    "will matter once they are smaller",
                    name, points(gap->value), format_percent(gap->share, 0)));
  }
}

void note_floor(Diagnosis& diagnosis) {
  if (diagnosis.train_floor <= 0) return;
  diagnosis.notes.push_back(fmt::format(
      "no function of these features has a training error below {}: examples with equal features "
      "have different labels. This is counted, not assumed{}; other features may tell them apart",
      format_percent(diagnosis.train_floor),
      diagnosis.train_floor > diagnosis.base_error ? ", and bias is counted from there" : ""));
}

void note_surprises(Diagnosis& diagnosis, const MeasuredError& train) {
  if (train.error < diagnosis.base_error) {
    diagnosis.notes.push_back(fmt::format(
        "the training error, {}, is below the base error, {}: there is no bias to avoid. Either "
        "the training set is fitted beyond what can be learnt from it, or the optimal error is "
        "lower than the base error says",
        format_percent(train.error), format_percent(diagnosis.base_error)));
  }
  if (diagnosis.dev && diagnosis.dev->interval.high < diagnosis.base_error) {
    diagnosis.notes.push_back(fmt::format(
        "the dev error, {}, is below the base error, {}, which therefore is not the optimal one: "
        "set {} lower, because the verdict hides bias otherwise",
        format_percent(diagnosis.dev->error), format_percent(diagnosis.base_error),
        base_field(diagnosis)));
  }
  if (diagnosis.variance && diagnosis.variance->interval.high < 0) {
    diagnosis.notes.push_back(fmt::format(
        "the training error is above the {} error by more than chance: the training examples are "
        "harder",
        diagnosis.train_dev ? "train-dev" : "dev"));
  }
}

void note_missing_sets(Diagnosis& diagnosis, const RunErrors& errors) {
  if (!errors.dev && !errors.train_dev) {
    diagnosis.notes.push_back(
        fmt::format("{}; variance cannot be measured: give data.split.dev or data.dev",
                    errors.test ? kNoDevSet : kNoDevOrTestSet));
  } else if (!errors.dev) {
    diagnosis.notes.emplace_back(
        "no dev set: data mismatch cannot be measured, only variance on the train-dev set (1.1)");
  }
  if (diagnosis.variance_may_be_mismatch) {
    diagnosis.notes.emplace_back(
        "dev has another source than train, and there is no train-dev set: if their distributions "
        "differ, the step from train to dev may be mismatch rather than variance. "
        "data.split.train_dev tells them apart (1.1)");
  }
  if (errors.dev && errors.test && errors.dev_and_test_differ) {
    diagnosis.notes.emplace_back(kDevAndTestDiffer);
  }
  if (errors.test_unseen) {
    diagnosis.notes.emplace_back(
        "the test error was not measured: the choice among several runs is made on dev, and test "
        "is only for the chosen run (1.4)");
  } else if (errors.dev && !errors.test) {
    diagnosis.notes.emplace_back(kNoTestSet);
  }
}

void note_overfitted_dev(Diagnosis& diagnosis, const RunErrors& errors) {
  if (!diagnosis.dev_to_test || errors.dev_and_test_differ) return;
  const ErrorGap& gap = *diagnosis.dev_to_test;
  if (gap.interval.low <= 0 || gap.value < diagnosis.high_gap - kRounding) return;
  diagnosis.notes.push_back(
      fmt::format("test is {} worse than dev, by more than chance: the choices made on the dev set "
                  "overfit it; a larger dev set would help (1.1)",
                  points(gap.value)));
}

}  // namespace

MeasuredError measured(const SetError& set) {
  if (set.standard_error) {
    Interval interval = interval_around(set.error, *set.standard_error);
    interval.low = std::max(0.0, interval.low);
    return {set.error, set.examples, interval};
  }
  return {set.error, set.examples,
          wilson_interval(wrong_answers(set.error, set.examples), set.examples)};
}

Diagnosis diagnose_errors(const RunErrors& errors, const DiagnosisConfig& config) {
  Diagnosis diagnosis;
  diagnosis.of_values = errors.of_values;
  diagnosis.base_error = config.base_error;
  diagnosis.high_gap = config.high_gap;
  diagnosis.high_share = config.high_share;
  diagnosis.train_floor = errors.train_floor;
  const MeasuredError train = measured(errors.train);
  diagnosis.train = train;
  diagnosis.train_dev = measured_if(errors.train_dev);
  diagnosis.dev = measured_if(errors.dev);
  diagnosis.test = measured_if(errors.test);

  diagnosis.avoidable_bias = avoidable_bias(train, std::max(config.base_error, errors.train_floor));
  if (errors.train_dev) {
    diagnosis.variance = gap_between(errors.train, *errors.train_dev);
    if (errors.dev) diagnosis.mismatch = gap_between(*errors.train_dev, *errors.dev);
  } else if (errors.dev) {
    diagnosis.variance = gap_between(errors.train, *errors.dev);
    diagnosis.variance_may_be_mismatch = errors.dev_from_elsewhere;
  }
  if (errors.dev && errors.test) diagnosis.dev_to_test = gap_between(*errors.dev, *errors.test);

  const double all =
      part_of(diagnosis.avoidable_bias) + part_of(diagnosis.variance) + part_of(diagnosis.mismatch);
  judge(diagnosis.avoidable_bias, all, config);
  judge(diagnosis.variance, all, config);
  judge(diagnosis.mismatch, all, config);
  diagnosis.verdict = verdict_of(diagnosis);
  note_uncertainty(diagnosis);
  note_hidden_gaps(diagnosis);
  note_floor(diagnosis);
  note_surprises(diagnosis, train);
  note_missing_sets(diagnosis, errors);
  note_overfitted_dev(diagnosis, errors);
  return diagnosis;
}

Diagnosis no_error_rate(const DiagnosisConfig& config) {
  Diagnosis diagnosis;
  diagnosis.base_error = config.base_error;
  diagnosis.high_gap = config.high_gap;
  diagnosis.high_share = config.high_share;
  diagnosis.verdict = kNoVerdict;
  return diagnosis;
}

}  // namespace lockstep
