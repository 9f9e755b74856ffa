#include "report/recipe_table.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "base/run_files.h"
#include "records/stop_reason.h"
#include "report/diagnosis_json.h"
#include "report/diagnosis_text.h"
#include "report/format.h"

namespace lockstep {
namespace {

using OptionalError = std::optional<MeasuredError>;
using OptionalGap = std::optional<ErrorGap>;

std::string directory_of(const RecipeTrial& trial) { return recipe_run_name(trial.number); }

std::string action_of(const RecipeTrial& trial) {
  return trial.step.action.empty() ? "the unchanged job" : trial.step.action;
}

// A part of the diagnosis; nothing for a run that diverged.
template <typename Part>
std::optional<Part> part_of(const RecipeTrial& trial, std::optional<Part> Diagnosis::*part) {
  if (!trial.diagnosis) return std::nullopt;
  return (*trial.diagnosis).*part;
}

std::string error_text(const RecipeTrial& trial, OptionalError Diagnosis::*set) {
  const OptionalError measured = part_of(trial, set);
  return measured ? format_percent(measured->error) : "-";
}

std::string gap_text(const RecipeTrial& trial, OptionalGap Diagnosis::*which) {
  const OptionalGap gap = part_of(trial, which);
  return gap ? format_points(gap->value) : "-";
}

bool any_gap(const RecipeResult& result, OptionalGap Diagnosis::*which) {
  return std::ranges::any_of(
      result.trials, [&](const RecipeTrial& trial) { return part_of(trial, which).has_value(); });
}

std::string table(const RecipeResult& result) {
  const bool mismatch = any_gap(result, &Diagnosis::mismatch);
  std::size_t width = 4;
  for (const RecipeTrial& trial : result.trials) {
    width = std::max(width, action_of(trial).size());
  }
  const auto line = [&](const auto& run, const std::string& action, const std::string& train,
                        const std::string& dev, const std::string& bias,
                        const std::string& variance, const std::string& gap,
                        const std::string& verdict, const std::string& outcome) {
    return fmt::format("{:>3}  {:<{}}  {:>7}  {:>7}  {:>6}  {:>8}  {}{:<20}  {}\n", run, action,
                       width, train, dev, bias, variance,
                       mismatch ? fmt::format("{:>8}  ", gap) : "", verdict, outcome);
  };
  std::string text =
      line("run", "step", "train", "dev", "bias", "variance", "mismatch", "verdict", "outcome");
  for (const RecipeTrial& trial : result.trials) {
    text += line(trial.number, action_of(trial), error_text(trial, &Diagnosis::train),
                 error_text(trial, &Diagnosis::dev), gap_text(trial, &Diagnosis::avoidable_bias),
                 gap_text(trial, &Diagnosis::variance), gap_text(trial, &Diagnosis::mismatch),
                 trial.diagnosis ? trial.diagnosis->verdict : "-", trial.outcome);
  }
  return text;
}

std::string reasons(const RecipeResult& result) {
  std::string text;
  for (const RecipeTrial& trial : result.trials) {
    if (trial.based_on == 0) continue;
    text += fmt::format("run {}: {} against {}, on top of run {}\n", trial.number, trial.step.kind,
                        trial.step.against, trial.based_on);
    text += fmt::format("  why      {}\n", trial.step.reason);
    text += fmt::format("  expect   {}\n", trial.step.expected);
    text += fmt::format("  changed  {}\n", set_arguments(trial.step.set));
    text += trial.outcome == "diverged"
                ? fmt::format("  result   {}\n", trial.comparison)
                : fmt::format("  result   {}: {}\n", trial.comparison, trial.outcome);
  }
  return text;
}

bool is_of_values(const RecipeResult& result) {
  return std::ranges::any_of(result.trials, [](const RecipeTrial& trial) {
    return trial.diagnosis && trial.diagnosis->of_values;
  });
}

const char* name_of_errors(const RecipeResult& result) {
  return is_of_values(result) ? "RMSE" : "error";
}

std::string ending(const RecipeResult& result) {
  const std::string& reason = result.stop_reason;
  if (reason.empty()) return "The recipe has not ended.\n";
  if (reason == "neither") {
    return fmt::format("The recipe is done: neither bias nor variance is high{}.\n",
                       !result.assumed_base   ? ""
                       : is_of_values(result) ? ", if the base RMSE is near that"
                                              : ", if the base error is near that");
  }
  if (reason == "budget") {
    return fmt::format("The budget of {} is used up (--runs).\n",
                       format_quantity(static_cast<std::uint64_t>(result.runs), "run"));
  }
  if (reason == "exhausted") return "Every step that a program can take has been tried.\n";
  if (reason == "uncertain") return "The sets are too small for a verdict.\n";
  if (reason == kDiverged) {
    return result.trials.size() == 1
               ? "The unchanged job diverged, and no run is left to try a smaller learning rate.\n"
               : "The job diverged or blew up, also with smaller learning rates; check its data "
                 "and its initial weights (lockstep flow).\n";
  }
  return "The recipe was interrupted; --resume auto continues it.\n";
}

// The assumed base error, and the reason for the assumption.
std::string assumption(const RecipeResult& result) {
  if (!result.assumed_base) return "";
  const auto& [error, run, steps] = *result.assumed_base;
  const char* const name = name_of_errors(result);
  return fmt::format(
      "The base {0} is probably near {1}, the training {0} of run {2}: {3} against bias did not "
      "change it beyond chance. This is an assumption; if you know the base {0}, set "
      "diagnosis.{4} (1.2).\n",
      name, format_percent(error), run, format_quantity(static_cast<std::uint64_t>(steps), "step"),
      is_of_values(result) ? "base_rmse" : "base_error");
}

std::string dev_caution(const RecipeResult& result, const RecipeTrial& best) {
  const auto dev = part_of(best, &Diagnosis::dev);
  if (!dev || result.trials.size() < 2) return "";
  return fmt::format(
      "      chosen by {} dev examples, which cannot distinguish {} of {}: its dev {} is likely "
      "to be too good (1.1)\n",
      format_count(dev->examples),
      format_quantity(static_cast<std::uint64_t>(result.as_good), "run"), result.trials.size(),
      name_of_errors(result));
}

std::string test_text(const RecipeResult& result) {
  if (result.test) {
    return fmt::format(
        "      test {} {} of {} examples, 95% interval {} to {}; measured only when the recipe "
        "ends, for its best run (1.4)\n",
        name_of_errors(result), format_percent(result.test->error),
        format_count(result.test->examples), format_percent(result.test->interval.low),
        format_percent(result.test->interval.high));
  }
  if (result.stop_reason.empty() || result.stop_reason == kInterrupted) return "";
  return result.has_test_set
             ? "      not tested, because no checkpoint of it is there; train best.textproto to "
               "test it\n"
             : "      no test set: nothing shows how good it is on new examples (1.1)\n";
}

Json error_json(const RecipeTrial& trial, OptionalError Diagnosis::*set) {
  const OptionalError measured = part_of(trial, set);
  return measured ? Json(measured->error) : Json();
}

Json gap_json(const RecipeTrial& trial, OptionalGap Diagnosis::*which) {
  const OptionalGap gap = part_of(trial, which);
  return gap ? Json(gap->value) : Json();
}

Json assumed_base_json(const std::optional<AssumedBase>& base) {
  if (!base) return {};
  Json object;
  object["error"] = base->error;
  object["run"] = base->run;
  object["steps_without_effect"] = base->steps;
  return object;
}

Json trial_json(const RecipeTrial& trial) {
  Json object;
  object["run"] = trial.number;
  object["directory"] = directory_of(trial);
  object["based_on"] = trial.based_on > 0 ? Json(trial.based_on) : Json();
  object["against"] = trial.step.against;
  object["kind"] = trial.step.kind;
  object["action"] = action_of(trial);
  object["reason"] = trial.step.reason;
  object["expected"] = trial.step.expected;
  object["step"] = trial.step.set;
  object["set"] = trial.set;
  object["outcome"] = trial.outcome;
  object["comparison"] = trial.comparison;
  object["verdict"] = trial.diagnosis ? Json(trial.diagnosis->verdict) : Json();
  object["train_error"] = error_json(trial, &Diagnosis::train);
  object["train_dev_error"] = error_json(trial, &Diagnosis::train_dev);
  object["dev_error"] = error_json(trial, &Diagnosis::dev);
  object["avoidable_bias"] = gap_json(trial, &Diagnosis::avoidable_bias);
  object["variance"] = gap_json(trial, &Diagnosis::variance);
  object["mismatch"] = gap_json(trial, &Diagnosis::mismatch);
  return object;
}

}  // namespace

std::string recipe_text(const RecipeResult& result) {
  std::string text = fmt::format(
      "The basic recipe (1.3) for {}: {} on train and dev, gaps in points\n\n", result.job_name,
      is_of_values(result) ? "RMSE in percent of the deviation of the targets" : "errors");
  text += table(result);
  const std::string why = reasons(result);
  if (!why.empty()) text += "\n" + why;
  text += "\n" + assumption(result) + ending(result);
  if (result.best > 0) {
    const RecipeTrial& best = result.trials[static_cast<std::size_t>(result.best) - 1];
    text += fmt::format("Best: run {}, dev {} {}", best.number, name_of_errors(result),
                        error_text(best, &Diagnosis::dev));
    text += best.set.empty() ? "\n" : fmt::format("; {}\n", set_arguments(best.set));
    text += dev_caution(result, best) + test_text(result);
  }
  if (!result.left.empty() && result.stop_reason != "neither") {
    text += "Left to try:\n";
    for (const RecipeStep& step : result.left) {
      text += fmt::format("  {}{}\n", step.action,
                          step.set.empty() ? " (by hand)" : ": " + set_arguments(step.set));
    }
  }
  return text;
}

Json recipe_json(const RecipeResult& result) {
  Json object;
  object["job"] = result.job_name;
  object["runs"] = result.runs;
  object["stop_reason"] = result.stop_reason.empty() ? Json() : Json(result.stop_reason);
  object["errors_are"] = is_of_values(result) ? "relative_rmse" : "error_rate";
  object["best"] = result.best > 0 ? Json(result.best) : Json();
  object["as_good_within_chance"] = result.as_good;
  object["assumed_base_error"] = assumed_base_json(result.assumed_base);
  object["test"] = error_to_json(result.test);
  auto& trials = object["trials"] = Json::array();
  for (const RecipeTrial& trial : result.trials) trials.push_back(trial_json(trial));
  auto& left = object["left"] = Json::array();
  for (const RecipeStep& step : result.left) left.push_back(step_to_json(step));
  return object;
}

}  // namespace lockstep
