#include "sweep/cautions.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/job_diff.h"

namespace lockstep {
namespace {

// Whether the field at `path` decides which examples the dev set of the job has.
bool decides_dev_set(const Job& job, std::string_view path) {
  if (path.starts_with("data.dev.")) return true;
  if (job.data.dev) return false;
  // Dev is drawn before the other parts.
  return path == "seed" || path.starts_with("data.split.dev") || path == "data.split.stratified" ||
         path == "data.split.by_group" || path == "data.split.by_content" ||
         path.starts_with(job.data.held_out ? "data.held_out" : "data.train.");
}

std::string dev_set_caution(const SweepConfig& sweep, const std::vector<Trial>& trials) {
  const auto is_about_data = [](const std::string& assignment) {
    return assignment.starts_with("data") || assignment.starts_with("seed=");
  };
  std::set<std::string> paths;
  for (const Trial& trial : trials) {
    const bool may_differ = std::ranges::any_of(trial.values, [&](const ParameterValue& value) {
      return std::ranges::any_of(value.assignments, is_about_data);
    });
    if (!may_differ) continue;
    for (const FieldDifference& field :
         diff_jobs(trials.front().loaded.resolved_text, trial.loaded.resolved_text)) {
      if (decides_dev_set(trial.loaded.job, field.path)) paths.insert(field.path);
    }
  }
  if (paths.empty()) return "";
  return fmt::format(
      "caution: trials of {} have different dev sets because they differ in {}. The best value on "
      "one "
      "dev set need not be the best on another (1.4): the ranking compares luck with the split as "
      "well as "
      "the values. To compare values, give all trials one dev set (data.dev)",
      sweep.name, fmt::join(paths, ", "));
}

std::string early_stopping_caution(const SweepConfig& sweep, const std::vector<Trial>& trials) {
  const bool stops_early = std::ranges::any_of(
      trials, [](const Trial& trial) { return trial.loaded.job.early_stopping.has_value(); });
  if (!stops_early) return "";
  const auto regularizes = [](std::string_view assignment) {
    return assignment.starts_with("regularization") ||
           assignment.find("_lambda") != std::string_view::npos ||
           assignment.find("keep_prob") != std::string_view::npos;
  };
  std::set<std::string> names;
  for (const Trial& trial : trials) {
    for (std::size_t i = 0; i < trial.values.size(); ++i) {
      if (std::ranges::any_of(trial.values[i].assignments, regularizes)) {
        names.insert(sweep.parameters[i].name);
      }
    }
  }
  if (names.empty()) return "";
  return fmt::format(
      "caution: early stopping is on in a sweep over regularization ({}). Stopping early ends the "
      "optimization of J in order not to overfit, which couples two tasks (1.8): the best value "
      "then depends on when training stops. To compare values, train each trial to the end "
      "(without early_stopping)",
      fmt::join(names, ", "));
}

}  // namespace

std::vector<std::string> sweep_cautions(const SweepConfig& sweep,
                                        const std::vector<Trial>& trials) {
  std::vector<std::string> cautions;
  for (const auto caution : {dev_set_caution, early_stopping_caution}) {
    if (std::string line = caution(sweep, trials); !line.empty()) cautions.push_back(line);
  }
  return cautions;
}

}  // namespace lockstep
