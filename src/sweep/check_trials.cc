#include "sweep/check_trials.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/problems.h"

namespace lockstep {
namespace {

void refuse_replaced_values(const LoadedSweep& loaded, const std::vector<Trial>& trials,
                            Problems& problems) {
  const SweepConfig& sweep = loaded.sweep;
  std::set<std::pair<const SweepParameter*, const SweepParameter*>> told;
  for (const Trial& trial : trials) {
    for (const ReplacedField& field : trial.loaded.replaced) {
      const SweepParameter* earlier = setter_of(sweep, trial.values, field.earlier);
      const SweepParameter* later = setter_of(sweep, trial.values, field.later);
      if (earlier == nullptr || later == nullptr || earlier == later) continue;
      if (!told.insert({earlier, later}).second) continue;
      problems.add(
          later->place,
          fmt::format("parameter \"{}\" sets {} again, which parameter \"{}\" sets: the "
                      "table would show a value that is not used; remove one of them, or "
                      "make their values alternatives of one parameter ({})",
                      later->name, field.path, earlier->name, describe_trial(sweep, trial)));
    }
  }
}

// The parameter that overrides a field that the assignment sets in the trial.
const SweepParameter* replacer_of(const SweepConfig& sweep, const Trial& trial,
                                  const std::string& assignment) {
  for (const ReplacedField& field : trial.loaded.replaced) {
    if (field.earlier != assignment) continue;
    if (const auto* parameter = setter_of(sweep, trial.values, field.later)) return parameter;
  }
  return nullptr;
}

void refuse_idle_assignments(const LoadedSweep& loaded, const std::vector<Trial>& trials,
                             Problems& problems) {
  const SweepConfig& sweep = loaded.sweep;
  for (std::size_t i = 0; i < sweep.assignments.size(); ++i) {
    const std::string& assignment = sweep.assignments[i];
    const bool idle = std::ranges::all_of(trials, [&](const Trial& trial) {
      return std::ranges::count(trial.loaded.idle_overrides, assignment) > 0;
    });
    const SweepParameter* by = idle ? replacer_of(sweep, trials.front(), assignment) : nullptr;
    if (by == nullptr) continue;
    problems.add(
        sweep.assignment_places[i],
        fmt::format("\"{}\" has no effect: parameter \"{}\" sets it in every trial; remove "
                    "one of them",
                    assignment, by->name));
  }
}

void refuse_too_few_points(const LoadedSweep& loaded, const std::vector<Trial>& trials,
                           Problems& problems) {
  const auto* random = std::get_if<RandomSearch>(&loaded.sweep.search);
  if (random == nullptr || trials.size() >= random->trials) return;
  problems.add({},
               fmt::format("random.trials is {}, and the parameters make {} different jobs; use "
                           "fewer trials, or grid {{}} for all of them",
                           random->trials, trials.size()));
}

// Epochs of the trial that is trained longest; none when some trials count steps.
std::optional<std::uint64_t> longest_epochs(const std::vector<Trial>& trials) {
  std::uint64_t longest = 0;
  for (const Trial& trial : trials) {
    const auto& epochs = trial.loaded.job.training.epochs;
    if (!epochs) return std::nullopt;
    longest = std::max<std::uint64_t>(longest, *epochs);
  }
  return longest;
}

void refuse_idle_termination(const LoadedSweep& loaded, const std::vector<Trial>& trials,
                             Problems& problems) {
  const Termination& termination = loaded.sweep.termination;
  const auto longest = longest_epochs(trials);
  const auto refuse_beyond_end = [&](const char* field, std::uint32_t epochs) {
    if (!longest || epochs < *longest) return;
    problems.add({}, fmt::format("{} is {}, and no trial is trained for more than {} epochs: none "
                                 "would be ended early; use a smaller one",
                                 field, epochs, *longest));
  };
  if (const auto* median = std::get_if<MedianRule>(&termination)) {
    refuse_beyond_end("median.grace_epochs", median->grace_epochs);
    if (median->wave >= trials.size()) {
      problems.add({}, fmt::format("median.wave is {}, and there are {} trials: the first wave is "
                                   "never judged, so none would be ended early; use smaller waves",
                                   median->wave, trials.size()));
    }
  } else if (const auto* halving = std::get_if<SuccessiveHalving>(&termination)) {
    refuse_beyond_end("successive_halving.first_epochs", halving->first_epochs);
  }
}

// Losses in different units cannot be compared by their values.
void refuse_costs_in_other_units(const LoadedSweep& loaded, const std::vector<Trial>& trials,
                                 Problems& problems) {
  if (loaded.sweep.metric != Metric::dev_cost || trials.empty()) return;
  const Job& first = trials.front().loaded.job;
  const auto differs = [&](const auto& of) {
    return std::ranges::any_of(
        trials, [&](const Trial& trial) { return of(trial.loaded.job) != of(first); });
  };
  std::vector<std::string> fields;
  if (differs([](const Job& job) { return job.network.output.loss; })) {
    fields.emplace_back("network.output.loss");
  } else if (differs([](const Job& job) { return job.network.output.huber_delta; })) {
    fields.emplace_back("network.output.huber_delta");
  }
  const auto scale_of = [](const Job& job) {
    return predicts_values(job.network.output.loss) && job.data.standardizes_targets;
  };
  if (differs(scale_of)) fields.emplace_back("data.targets");
  if (fields.empty()) return;
  problems.add(
      {}, fmt::format("metric is DEV_COST, and trials differ in {}: their costs are in "
                      "different units; compare them by {}",
                      fmt::join(fields, " and "),
                      predicts_values(first.network.output.loss) ? "RMSE, MAE or R2"
                                                                 : "DEV_ERROR or another metric"));
}

}  // namespace

void check_trials(const LoadedSweep& loaded, const std::vector<Trial>& trials) {
  Problems problems(loaded.file_name);
  refuse_replaced_values(loaded, trials, problems);
  refuse_idle_assignments(loaded, trials, problems);
  refuse_too_few_points(loaded, trials, problems);
  refuse_idle_termination(loaded, trials, problems);
  refuse_costs_in_other_units(loaded, trials, problems);
  problems.throw_if_any();
}

}  // namespace lockstep
