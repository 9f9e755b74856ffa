#include "report/recipe_table.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/input_file.h"
#include "base/number_text.h"
#include "base/run_files.h"
#include "report/diagnosis_json.h"
#include "report/diagnosis_text.h"

namespace lockstep {
namespace {

constexpr const char* kRuns = "trials";

using OptionalError = std::optional<MeasuredError>;
using OptionalGap = std::optional<ErrorGap>;

std::string directory_of(const RecipeRun& run) { return recipe_run_name(run.number); }

std::string action_of(const RecipeRun& run) {
  return run.step.action.empty() ? "the unchanged job" : run.step.action;
}

// A part of the diagnosis; nothing for a run that diverged.
template <typename Part>
std::optional<Part> part_of(const RecipeRun& run, std::optional<Part> Diagnosis::*part) {
  if (!run.diagnosis) return std::nullopt;
  return (*run.diagnosis).*part;
}

std::string error_text(const RecipeRun& run, OptionalError Diagnosis::*set) {
  const OptionalError measured = part_of(run, set);
  return measured ? format_percent(measured->error) : "-";
}

std::string gap_text(const RecipeRun& run, OptionalGap Diagnosis::*which) {
  const OptionalGap gap = part_of(run, which);
  return gap ? format_points(gap->value) : "-";
}

bool any_gap(const RecipeResult& result, OptionalGap Diagnosis::*which) {
  return std::ranges::any_of(result.runs,
                             [&](const RecipeRun& run) { return part_of(run, which).has_value(); });
}

std::string table(const RecipeResult& result) {
  const bool mismatch = any_gap(result, &Diagnosis::mismatch);
  std::size_t width = 4;
  for (const RecipeRun& run : result.runs) {
    width = std::max(width, action_of(run).size());
  }
  const auto line = [&](const auto& run, const std::string& action, const std::string& train,
                        const std::string& dev, const std::string& bias,
                        const std::string& variance, const std::string& gap,
                        const std::string& verdict, std::string_view outcome) {
    return fmt::format("{:>3}  {:<{}}  {:>7}  {:>7}  {:>6}  {:>8}  {}{:<20}  {}\n", run, action,
                       width, train, dev, bias, variance,
                       mismatch ? fmt::format("{:>8}  ", gap) : "", verdict, outcome);
  };
  std::string text =
      line("run", "step", "train", "dev", "bias", "variance", "mismatch", "verdict", "outcome");
  for (const RecipeRun& run : result.runs) {
    text += line(run.number, action_of(run), error_text(run, &Diagnosis::train),
                 error_text(run, &Diagnosis::dev), gap_text(run, &Diagnosis::avoidable_bias),
                 gap_text(run, &Diagnosis::variance), gap_text(run, &Diagnosis::mismatch),
                 run.diagnosis ? run.diagnosis->verdict : "-", enum_name(run.outcome));
  }
  return text;
}

std::string reasons(const RecipeResult& result) {
  std::string text;
  for (const RecipeRun& run : result.runs) {
    if (run.based_on == 0) continue;
    text += fmt::format("run {}: {} against {}, on top of run {}\n", run.number, run.step.kind,
                        enum_name(run.step.against.value()), run.based_on);
    text += fmt::format("  why      {}\n", run.step.reason);
    text += fmt::format("  expect   {}\n", run.step.expected);
    text += fmt::format("  changed  {}\n", set_arguments(run.step.set));
    text += run.outcome == RecipeOutcome::diverged
                ? fmt::format("  result   {}\n", run.comparison)
                : fmt::format("  result   {}: {}\n", run.comparison, enum_name(run.outcome));
  }
  return text;
}

bool is_of_values(const RecipeResult& result) {
  return std::ranges::any_of(
      result.runs, [](const RecipeRun& run) { return run.diagnosis && run.diagnosis->of_values; });
}

const char* name_of_errors(const RecipeResult& result) {
  return is_of_values(result) ? "RMSE" : "error";
}

std::string ending(const RecipeResult& result) {
  if (!result.end) return "The recipe has not ended.\n";
  switch (*result.end) {
    case RecipeEnd::neither:
      return fmt::format("The recipe is done: neither bias nor variance is high{}.\n",
                         !result.assumed_base   ? ""
                         : is_of_values(result) ? ", if the base RMSE is near that"
                                                : ", if the base error is near that");
    case RecipeEnd::budget:
      return fmt::format("The budget of {} is used up (--runs).\n",
                         format_quantity(static_cast<std::uint64_t>(result.budget), "run"));
    case RecipeEnd::exhausted:
      return "Every step that a program can take has been tried.\n";
    case RecipeEnd::uncertain:
      return "The sets are too small for a verdict.\n";
    case RecipeEnd::diverged:
      return result.runs.size() == 1
                 ? "The unchanged job diverged, and no run is left to try a smaller learning "
                   "rate.\n"
                 : "The job diverged or blew up, also with smaller learning rates; check its data "
                   "and its initial weights (lockstep flow).\n";
    case RecipeEnd::interrupted:
      break;
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

std::string dev_caution(const RecipeResult& result, const RecipeRun& best) {
  const auto dev = part_of(best, &Diagnosis::dev);
  if (!dev || result.runs.size() < 2) return "";
  const int others = result.as_good - 1;
  return fmt::format(
      "      chosen among {} runs by {} dev examples{}: its dev {} is likely to be too good "
      "(1.1)\n",
      result.runs.size(), format_count(dev->examples),
      others == 0 ? "" : fmt::format(", which cannot tell it from {} of them", others),
      name_of_errors(result));
}

std::string test_text(const RecipeResult& result) {
  if (result.test) {
    return fmt::format(
        "      test {} {} of {} examples, 95% interval {}; measured only when the recipe "
        "ends, for its best run (1.4)\n",
        name_of_errors(result), format_percent(result.test->error),
        format_count(result.test->examples), format_interval(result.test->interval));
  }
  if (!result.end || result.end == RecipeEnd::interrupted) return "";
  return result.has_test_set
             ? fmt::format(
                   "      not tested, because no checkpoint of it is there; train {} to "
                   "test it\n",
                   kBestJob)
             : "      no test set: nothing shows how good it is on new examples (1.1)\n";
}

Json error_json(const RecipeRun& run, OptionalError Diagnosis::*set) {
  const OptionalError measured = part_of(run, set);
  return measured ? Json(measured->error) : Json();
}

Json gap_json(const RecipeRun& run, OptionalGap Diagnosis::*which) {
  const OptionalGap gap = part_of(run, which);
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

Json run_json(const RecipeRun& run) {
  Json object;
  object["run"] = run.number;
  object["directory"] = directory_of(run);
  object["based_on"] = run.based_on > 0 ? Json(run.based_on) : Json();
  object["against"] = run.step.against ? enum_name(*run.step.against) : "";
  object["kind"] = run.step.kind;
  object["action"] = action_of(run);
  object["reason"] = run.step.reason;
  object["expected"] = run.step.expected;
  object["step"] = run.step.set;
  object["set"] = run.set;
  object["outcome"] = enum_name(run.outcome);
  object["comparison"] = run.comparison;
  object["verdict"] = run.diagnosis ? Json(run.diagnosis->verdict) : Json();
  object["train_error"] = error_json(run, &Diagnosis::train);
  object["train_dev_error"] = error_json(run, &Diagnosis::train_dev);
  object["dev_error"] = error_json(run, &Diagnosis::dev);
  object["avoidable_bias"] = gap_json(run, &Diagnosis::avoidable_bias);
  object["variance"] = gap_json(run, &Diagnosis::variance);
  object["mismatch"] = gap_json(run, &Diagnosis::mismatch);
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
    const RecipeRun& best = result.runs[static_cast<std::size_t>(result.best) - 1];
    text += fmt::format("Best: run {}, dev {} {}", best.number, name_of_errors(result),
                        error_text(best, &Diagnosis::dev));
    text += best.set.empty() ? "\n" : fmt::format("; {}\n", set_arguments(best.set));
    text += dev_caution(result, best) + test_text(result);
  }
  if (!result.left.empty() && result.end != RecipeEnd::neither) {
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
  object["runs"] = result.budget;
  object["stop_reason"] = result.end ? Json(enum_name(*result.end)) : Json();
  object["errors_are"] = is_of_values(result) ? "relative_rmse" : "error_rate";
  object["best"] = result.best > 0 ? Json(result.best) : Json();
  object["as_good_within_chance"] = result.as_good;
  object["assumed_base_error"] = assumed_base_json(result.assumed_base);
  object["test"] = error_to_json(result.test);
  auto& runs = object[kRuns] = Json::array();
  for (const RecipeRun& run : result.runs) runs.push_back(run_json(run));
  auto& left = object["left"] = Json::array();
  for (const RecipeStep& step : result.left) left.push_back(step_to_json(step));
  return object;
}

std::size_t recorded_runs(const std::filesystem::path& directory) {
  const Json recipe = Json::parse(read_file(directory / kRecipeJson), nullptr,
                                  /*allow_exceptions=*/false);
  return recipe.is_object() && recipe.contains(kRuns) ? recipe[kRuns].size() : 0;
}

}  // namespace lockstep
