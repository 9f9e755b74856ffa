#include "report/diagnosis_text.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/number_text.h"
#include "report/format.h"

namespace lockstep {
namespace {

using Out = std::back_insert_iterator<std::string>;

std::string interval_of(const ErrorGap& gap) {
  return fmt::format("{} to {}", format_points(gap.interval.low), format_points(gap.interval.high));
}

void add_error(Out out, const char* set, const std::optional<MeasuredError>& measured) {
  if (!measured) return;
  fmt::format_to(out, "{:<12}{:>8}   {:<18}{:>12}\n", set, format_percent(measured->error),
                 format_interval(measured->interval), format_count(measured->examples));
}

void add_gap(Out out, const char* name, const std::optional<ErrorGap>& gap, std::string_view what,
             bool judged) {
  if (!gap) return;
  const std::string share = judged ? format_percent(gap->share, 0) : "";
  fmt::format_to(out, "{:<12}{:>8}   {:<18}{:>6}   {:<10} {}\n", name, format_points(gap->value),
                 interval_of(*gap), share, judged ? enum_name(gap->level) : "", what);
}

const char* variance_name(const Diagnosis& diagnosis) {
  return diagnosis.variance_may_be_mismatch ? "var./mism." : "variance";
}

void add_step(Out out, std::size_t number, const RecipeStep& step) {
  fmt::format_to(out, "{:>2}. {}\n", number, step.action);
  fmt::format_to(out, "    why     {}\n", step.reason);
  fmt::format_to(out, "    expect  {}\n", step.expected);
  if (step.set.empty()) {
    fmt::format_to(out, "    this must be done by hand; no field of the job does it\n");
  } else {
    fmt::format_to(out, "    {}\n", set_arguments(step.set));
  }
}

}  // namespace

std::string verdict_phrase(const Diagnosis& diagnosis) {
  if (diagnosis.verdict == kNeitherIsHigh) return "neither bias nor variance is high";
  if (diagnosis.verdict == kUncertain) return "nothing is high beyond chance";
  if (diagnosis.verdict == kNoVerdict) return "no verdict";
  return "high " + diagnosis.verdict;
}

const char* variance_gap(const Diagnosis& diagnosis) {
  return diagnosis.train_dev ? "train-dev above train" : "dev above train";
}

std::string set_arguments(const std::vector<std::string>& set) {
  std::string text;
  for (const std::string& line : set) {
    text += (text.empty() ? "--set " : " --set ") + shell_word(line);
  }
  return text;
}

std::string origin_of_base(const Diagnosis& diagnosis, const std::string& option) {
  if (!option.empty()) return "given: " + option;
  const std::string field = base_field(diagnosis);
  return diagnosis.base_error > 0 ? "given: " + field : "assumed; " + field + " can say better";
}

std::string diagnosis_lines(const Diagnosis& diagnosis) {
  std::string text;
  const Out out(text);
  fmt::format_to(out, "{:<9}{}\n", "verdict", verdict_phrase(diagnosis));
  const auto gap = [&](const char* name, const std::optional<ErrorGap>& of) {
    if (!of) return;
    fmt::format_to(out, "{:<9}{:<10} {:>6} points  95% {:<16} {}\n", "", name,
                   format_points(of->value), interval_of(*of), enum_name(of->level));
  };
  gap("bias", diagnosis.avoidable_bias);
  gap(variance_name(diagnosis), diagnosis.variance);
  gap("mismatch", diagnosis.mismatch);
  if (diagnosis.avoidable_bias && diagnosis.train_floor <= diagnosis.base_error) {
    fmt::format_to(out, "{:<9}bias is measured from a base error of {} ({})\n", "",
                   format_percent(diagnosis.base_error), base_field(diagnosis));
  }
  for (const std::string& note : diagnosis.notes) fmt::format_to(out, "{:<9}{}\n", "", note);
  constexpr std::size_t kFirstSteps = 3;
  const char* label = "recipe";
  for (std::size_t i = 0; i < std::min(kFirstSteps, diagnosis.recipe.size()); ++i) {
    const RecipeStep& step = diagnosis.recipe[i];
    fmt::format_to(out, "{:<9}{}{}\n", label, step.action,
                   step.set.empty() ? "" : ": " + set_arguments(step.set));
    label = "";
  }
  return text;
}

std::string diagnosis_text(const std::string& job_name, const Diagnosis& diagnosis,
                           const std::string& base_error_from) {
  std::string text;
  const Out out(text);
  fmt::format_to(out, "{}: {}\n", job_name, verdict_phrase(diagnosis));
  if (diagnosis.train) {
    fmt::format_to(out, "\n{:<12}{:>8}   {:<18}{:>12}\n", "",
                   diagnosis.of_values ? "RMSE" : "error", "95% interval", "examples");
    fmt::format_to(out, "{:<12}{:>8}   {}\n", "base", format_percent(diagnosis.base_error),
                   origin_of_base(diagnosis, base_error_from));
    if (diagnosis.train_floor > 0) {
      fmt::format_to(out, "{:<12}{:>8}   counted: equal features, different labels\n", "floor",
                     format_percent(diagnosis.train_floor));
    }
    add_error(out, "train", diagnosis.train);
    add_error(out, "train-dev", diagnosis.train_dev);
    add_error(out, "dev", diagnosis.dev);
    add_error(out, "test", diagnosis.test);
    fmt::format_to(out, "\n{:<12}{:>8}   {:<18}{:>6}\n", "", "points", "95% interval", "share");
    add_gap(out, "bias", diagnosis.avoidable_bias, fmt::format("{}: avoidable bias", kBiasGap),
            true);
    add_gap(out, variance_name(diagnosis), diagnosis.variance, variance_gap(diagnosis), true);
    add_gap(out, "mismatch", diagnosis.mismatch, kMismatchGap, true);
    add_gap(out, "dev to test", diagnosis.dev_to_test, "test above dev", false);
    fmt::format_to(out,
                   "high: at least {} points and {} of all, more than chance (1.2; "
                   "`diagnosis` in the job)\n",
                   format_points(diagnosis.high_gap), format_percent(diagnosis.high_share, 0));
  }
  if (!diagnosis.notes.empty()) fmt::format_to(out, "\n");
  for (const std::string& note : diagnosis.notes) fmt::format_to(out, "note: {}\n", note);
  if (!diagnosis.recipe.empty()) {
    fmt::format_to(out, "\nWhat to try, in the order of the basic recipe (1.3):\n");
    for (std::size_t i = 0; i < diagnosis.recipe.size(); ++i) {
      add_step(out, i + 1, diagnosis.recipe[i]);
    }
  } else if (diagnosis.verdict == kNeitherIsHigh) {
    fmt::format_to(out, "\nThe basic recipe (1.3) has no step to try\n");
  }
  return text;
}

}  // namespace lockstep
