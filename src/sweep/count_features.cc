#include "sweep/count_features.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "config/job_diff.h"
#include "sets/dataset_sizes.h"

namespace lockstep {
namespace {

// Whether the data of all trials are refused alike: they have the same files, parts and labels.
bool have_same_data(const std::vector<Trial>& trials) {
  const auto is_about_data = [](const FieldDifference& field) {
    return field.path.starts_with("data.") || field.path.starts_with("network.output.");
  };
  return std::ranges::all_of(trials, [&](const Trial& trial) {
    return std::ranges::none_of(
        diff_jobs(trials.front().loaded.resolved_text, trial.loaded.resolved_text), is_about_data);
  });
}

}  // namespace

std::uint64_t count_features(const SweepConfig& sweep, const std::vector<Trial>& trials) {
  const Trial& first = trials.front();
  try {
    return dataset_sizes(first.loaded.job).features;
  } catch (const Error& error) {
    const std::string whose = have_same_data(trials) ? "every trial" : describe_trial(sweep, first);
    throw Error(error.code(), whose + ": " + error.what());
  }
}

}  // namespace lockstep
