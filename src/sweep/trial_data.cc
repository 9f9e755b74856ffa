#include "sweep/trial_data.h"

#include <algorithm>

#include "base/error.h"
#include "config/job_diff.h"
#include "records/observer.h"
#include "sets/same_data.h"

namespace lockstep {

bool have_same_sources(const Trial& a, const Trial& b) {
  return std::ranges::none_of(
      diff_jobs(a.loaded.resolved_text, b.loaded.resolved_text), [](const FieldDifference& field) {
        return field.path.starts_with("data.train.") || field.path.starts_with("data.dev.") ||
               field.path.starts_with("data.held_out.");
      });
}

const Trial* trial_with_same_sources(const Trial& trial, const std::vector<Trial>& trials,
                                     std::span<const TrialRecord> records) {
  const auto found = std::ranges::find_if(trials, [&](const Trial& other) {
    return other.number != trial.number && records[other.number].data &&
           have_same_sources(trial, other);
  });
  return found == trials.end() ? nullptr : &*found;
}

void require_same_data(const SweepConfig& sweep, const std::vector<Trial>& trials,
                       std::span<const TrialRecord> records) {
  for (const Trial& trial : trials) {
    const auto& data = records[trial.number].data;
    const Trial* other = data ? trial_with_same_sources(trial, trials, records) : nullptr;
    if (other == nullptr) continue;
    RunStart start;
    start.train_fingerprint = data->train;
    start.dev_fingerprint = data->dev;
    try {
      SameData(*records[other->number].data, describe_trial(sweep, *other)).on_start(start);
    } catch (const Error& error) {
      throw Error(error.code(), describe_trial(sweep, trial) + ": " + error.what());
    }
  }
}

}  // namespace lockstep
